package dev.cambio.gateway.http;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.cambio.gateway.error.OAuthException.RequestInvalid;
import dev.cambio.gateway.http.TrustedProxies.Header;
import dev.cambio.gateway.load.RequestDecoder;
import dev.cambio.model.net.AddressRange;
import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.util.NetUtil;
import io.netty.util.ReferenceCountUtil;
import io.vertx.core.MultiMap;
import io.vertx.core.http.HttpServerOptions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.DisplayName;

/** Any bytes on a connection, and any words of a proxy: read as meant, or refused. */
@DisplayName("Heads, bodies and forwarded headers of any bytes, contract token-endpoint §1.1, §1.3")
class HeadFuzzTest {
  private static final TrustedProxies PROXIES =
      new TrustedProxies(List.of(AddressRange.of("10.0.0.0/8")), false, Header.ANY);

  @FuzzTest(maxDuration = "1m")
  void head(byte[] bytes) {
    EmbeddedChannel channel =
        new EmbeddedChannel(
            new RequestDecoder(
                new HttpServerOptions(), Duration.ofHours(1), RequestHead::requireSound));
    // In two pieces, as a network may.
    int half = bytes.length / 2;
    channel.writeInbound(Unpooled.copiedBuffer(bytes, 0, half));
    channel.writeInbound(Unpooled.copiedBuffer(bytes, half, bytes.length - half));
    int read = 0;
    for (Object part = channel.readInbound(); part != null; part = channel.readInbound()) {
      if (part instanceof HttpRequest request && request.decoderResult().isSuccess()) {
        requireSound(request);
      }
      if (part instanceof HttpContent content) {
        read += content.content().readableBytes();
      }
      ReferenceCountUtil.release(part);
    }
    assertThat(read).isLessThanOrEqualTo(bytes.length);
    channel.finishAndReleaseAll();
  }

  private static void requireSound(HttpRequest request) {
    MultiMap headers = (MultiMap) request.headers();
    assertThat(headers.getAll("Host")).singleElement().asString().isNotEmpty();
    assertThat(headers.getAll("Authorization").size()).isLessThan(2);
    assertThat(headers.getAll("Content-Length").size()).isLessThan(2);
    assertThat(headers.contains("Content-Length") && headers.contains("Transfer-Encoding"))
        .isFalse();
    assertThat(headers.getAll("Transfer-Encoding"))
        .allMatch(coding -> coding.toLowerCase(Locale.ROOT).equals("chunked"));
  }

  /** The first byte says which headers there are; the lines of each follow, parted by line ends. */
  @FuzzTest(maxDuration = "1m")
  void forwarded(byte[] bytes) {
    String text = new String(bytes, ISO_8859_1);
    int kinds = bytes.length == 0 ? 0 : bytes[0];
    List<String> lines = text.length() < 2 ? List.of() : List.of(text.substring(1).split("\n", -1));
    Origin origin;
    try {
      origin =
          ForwardedHeaders.origin(
              PROXIES,
              "10.0.0.1",
              name ->
                  switch (name) {
                    case "Forwarded" -> (kinds & 1) == 0 ? List.of() : lines;
                    case "X-Forwarded-For" -> (kinds & 2) == 0 ? List.of() : lines;
                    default -> (kinds & 4) == 0 ? List.of() : lines;
                  });
    } catch (RequestInvalid refusal) {
      assertThat(refusal.description().length()).isLessThan(1000);
      return;
    }
    assertThat(NetUtil.createInetAddressFromIpAddressString(origin.ip())).isNotNull();
    assertThat(origin.scheme().orElse("http")).isIn("http", "https");
  }

  /** Whatever a client sends, what the proxy appends to it decides, or nothing does. */
  @FuzzTest(maxDuration = "1m")
  void appended(byte[] bytes) {
    String forged = new String(bytes, ISO_8859_1);
    for (String header : List.of("X-Forwarded-For", "Forwarded")) {
      String own = header.equals("Forwarded") ? "for=192.0.2.1" : "192.0.2.1";
      List<List<String>> ways = new ArrayList<>();
      ways.add(List.of(forged + ", " + own));
      ways.add(List.of(forged, own));
      for (List<String> lines : ways) {
        try {
          Origin origin =
              ForwardedHeaders.origin(
                  PROXIES, "10.0.0.1", name -> name.equals(header) ? lines : List.of());
          assertThat(origin.ip()).isEqualTo("192.0.2.1");
        } catch (RequestInvalid refusal) {
          assertThat(header).isEqualTo("Forwarded");
        }
      }
    }
  }
}
