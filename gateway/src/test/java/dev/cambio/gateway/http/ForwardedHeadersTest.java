package dev.cambio.gateway.http;

import static java.util.stream.Collectors.groupingBy;
import static java.util.stream.Collectors.mapping;
import static java.util.stream.Collectors.toList;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.cambio.gateway.error.OAuthException.RequestInvalid;
import dev.cambio.gateway.http.TrustedProxies.Header;
import dev.cambio.model.net.AddressRange;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@DisplayName("What trusted proxies say of the client, contract token-endpoint §1.3")
class ForwardedHeadersTest {
  private static final String PROXY = "10.0.0.1";

  /** Header lines as {@code name: value}, parted by {@code |}. */
  private static Origin origin(Header header, String peer, String lines) {
    Map<String, List<String>> headers =
        Arrays.stream(lines.split("\\|"))
            .map(line -> line.split(": ", 2))
            .collect(
                groupingBy(
                    line -> line[0].toLowerCase(Locale.ROOT), mapping(line -> line[1], toList())));
    TrustedProxies proxies =
        new TrustedProxies(
            List.of(AddressRange.of("10.0.0.0/24"), AddressRange.of("2001:db8::9")), false, header);
    return ForwardedHeaders.origin(
        proxies, peer, name -> headers.getOrDefault(name.toLowerCase(Locale.ROOT), List.of()));
  }

  private static Origin origin(String lines) {
    return origin(Header.ANY, PROXY, lines);
  }

  @ParameterizedTest
  @DisplayName("§1.3 the client is the first from the right that is no trusted proxy")
  @CsvSource(
      delimiter = ';',
      value = {
        "X-Forwarded-For: 192.0.2.1; 192.0.2.1",
        "X-Forwarded-For: 203.0.113.1, 192.0.2.1; 192.0.2.1",
        "X-Forwarded-For: 203.0.113.1, 192.0.2.1, 10.0.0.7; 192.0.2.1",
        "X-Forwarded-For: 203.0.113.1|X-Forwarded-For: 192.0.2.1; 192.0.2.1",
        "X-Forwarded-For: 10.0.0.9, 10.0.0.8; 10.0.0.9",
        "X-Forwarded-For: 192.0.2.1:4711; 192.0.2.1",
        "X-Forwarded-For: [2001:db8::1]:4711; 2001:db8:0:0:0:0:0:1",
        "X-Forwarded-For: 2001:db8::1; 2001:db8:0:0:0:0:0:1",
        "X-Forwarded-For: ::ffff:192.0.2.1; 192.0.2.1",
        "X-Forwarded-For: 192.0.2.1, 2001:db8::9; 192.0.2.1",
        "X-Forwarded-For: 192.0.2.1, unknown; 10.0.0.1",
        "X-Forwarded-For: 192.0.2.1,; 10.0.0.1",
        "X-Forwarded-For: fe80::1%eth0; 10.0.0.1",
        "Forwarded: for=192.0.2.1; 192.0.2.1",
        "Forwarded: For=\"[2001:db8::1]:4711\"; 2001:db8:0:0:0:0:0:1",
        "Forwarded: for=[2001:db8::1]; 2001:db8:0:0:0:0:0:1",
        "Forwarded: for=203.0.113.1, for=192.0.2.1,for=10.0.0.2; 192.0.2.1",
        "Forwarded: for=203.0.113.1|Forwarded: for=192.0.2.1; 192.0.2.1",
        "Forwarded: for=_hidden; 10.0.0.1",
        "Forwarded: proto=https; 10.0.0.1",
        "Forwarded: for=\"1\\92.0.2.1\"; 192.0.2.1",
      })
  void client(String lines, String expected) {
    assertThat(origin(lines.strip()).ip()).isEqualTo(expected.strip());
  }

  @Test
  @DisplayName("§1.3 nobody else is believed, whatever they send")
  void strangers() {
    Origin origin =
        origin(
            Header.ANY,
            "192.0.2.66",
            "X-Forwarded-For: 203.0.113.1|X-Forwarded-Proto: ftp|X-Forwarded-Host: evil|Forwarded:"
                + " \"");

    assertThat(origin.ip()).isEqualTo("192.0.2.66");
    assertThat(origin.scheme()).isEmpty();
    assertThat(origin.host()).isEmpty();
  }

  @ParameterizedTest
  @DisplayName("scheme and host are those that the proxy nearest to the client saw")
  @CsvSource(
      delimiter = ';',
      value = {
        "X-Forwarded-For: 192.0.2.1|X-Forwarded-Proto: https|X-Forwarded-Host: a; https; a",
        "X-Forwarded-For: 192.0.2.1|X-Forwarded-Proto: http, HTTPS|X-Forwarded-Host: evil, a;"
            + " https; a",
        "X-Forwarded-For: 192.0.2.1, 10.0.0.2|X-Forwarded-Proto: https, http; https;",
        "X-Forwarded-For: 192.0.2.1, 10.0.0.2|X-Forwarded-Proto: https; https;",
        "X-Forwarded-Proto: https|X-Forwarded-Host: a; https; a",
      })
  void schemeAndHost(String lines, String scheme, String host) {
    Origin origin = origin(lines.strip());

    assertThat(origin.scheme()).contains(scheme.strip());
    assertThat(origin.host().orElse(null)).isEqualTo(host == null ? null : host.strip());
  }

  @Test
  @DisplayName("the elements of Forwarded keep together")
  void elements() {
    Origin origin =
        origin(
            "Forwarded: for=203.0.113.1;host=evil;proto=http,"
                + " for=192.0.2.1;proto=https;host=\"a:8\",for=10.0.0.2;proto=http;host=inner");

    assertThat(origin.ip()).isEqualTo("192.0.2.1");
    assertThat(origin.scheme()).contains("https");
    assertThat(origin.host()).contains("a:8");
  }

  @Test
  @DisplayName("of two kinds of headers one may be forged: they agree, or one kind is read")
  void twoKinds() {
    String forged = "X-Forwarded-For: 192.0.2.1|Forwarded: for=203.0.113.1";

    refused(forged);
    refused("X-Forwarded-Proto: https|Forwarded: for=192.0.2.1;proto=http");
    refused("X-Forwarded-Host: a|Forwarded: for=192.0.2.1;host=b");
    assertThat(origin("X-Forwarded-For: 192.0.2.1|Forwarded: for=192.0.2.1").ip())
        .isEqualTo("192.0.2.1");
    assertThat(origin("X-Forwarded-Proto: https|Forwarded: for=192.0.2.1").ip())
        .isEqualTo("192.0.2.1");
    assertThat(origin(Header.X_FORWARDED, PROXY, forged).ip()).isEqualTo("192.0.2.1");
    assertThat(origin(Header.FORWARDED, PROXY, forged).ip()).isEqualTo("203.0.113.1");
  }

  @ParameterizedTest
  @DisplayName("RFC 7239 §4: what cannot be read is refused, as it could hide what follows")
  @ValueSource(
      strings = {
        "Forwarded: for=\"203.0.113.1, for=192.0.2.1",
        "Forwarded: for=\"\\",
        "Forwarded: for",
        "Forwarded: for=a=b",
        "Forwarded: for=192.0.2.1;for=192.0.2.2",
        "Forwarded: for=192.0.2.1 for=192.0.2.2",
        "Forwarded: for=192.0.2.1;proto=ftp",
        "X-Forwarded-For: 192.0.2.1|X-Forwarded-Proto: ftp",
      })
  void broken(String lines) {
    refused(lines);
  }

  private static void refused(String lines) {
    assertThatExceptionOfType(RequestInvalid.class).isThrownBy(() -> origin(lines));
  }
}
