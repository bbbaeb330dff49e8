package dev.cambio.runtime.host;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.cambio.model.net.EgressPolicy;
import java.net.InetAddress;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class FetchUrlTest {

  @ParameterizedTest
  @ValueSource(
      strings = {
        "http://a.example\r\nX: 1/",
        "http://a.example/\r\nX: 1",
        "http://a.example/%\n",
        "http://a.example/ HTTP/1.1\r\n",
        "http://a.example/\u0000",
        "http://user:password@a.example/",
        "http://a.example:65536/",
        "http://a.example:1x/",
        "http://a.example:80:80/",
        "http://[::1/",
        "http://[fe80::1%25eth0]/",
        "http://[fe80::1%eth0]/",
        "http://[127.0.0.1]x/",
        "http://a b.example/",
        "http://a%2eexample/",
        "http://a..example/",
        "http://.example/",
        "http://a.example../",
        "http:a.example/",
        "http://",
        "javascript:alert(1)",
        "//a.example/"
      })
  void refusesWhatCouldBeTakenForSomethingElse(String url) {
    assertThatThrownBy(() -> FetchUrl.parse(url)).isInstanceOf(FetchFailure.class);
  }

  @ParameterizedTest
  @CsvSource({
    "HTTPS://A.Example:443/X?y#z, https://a.example/X?y",
    "http://a.example, http://a.example/",
    "http://a.example:/, http://a.example/",
    "http://a.example./, http://a.example/",
    "http://a_b.example:8080/, http://a_b.example:8080/",
    "http://münchen.example/straße, http://xn--mnchen-3ya.example/stra%DFe",
    "http://[2001:DB8::1]:8443/, http://[2001:db8::1]:8443/",
    "http://a.example/x/../y/./z, http://a.example/y/z",
    "http://a.example/../../x, http://a.example/x",
    "http://good.example\\@evil.example/, http://good.example/@evil.example/",
  })
  void spellsUrlsInOneWay(String given, String spelled) throws Exception {
    assertThat(FetchUrl.parse(given)).hasToString(spelled);
  }

  @ParameterizedTest
  @CsvSource({
    "/y, https://a.example/y",
    "y, https://a.example/p/y",
    "../y, https://a.example/y",
    "?r, https://a.example/p/q?r",
    "'', https://a.example/p/q?x",
    "#top, https://a.example/p/q?x",
    "//b.example/y, https://b.example/y",
    "/\\b.example/y, https://a.example//b.example/y",
    "http://a.example:443/, http://a.example:443/",
  })
  void resolvesLocations(String location, String expected) throws Exception {
    assertThat(FetchUrl.parse("https://a.example/p/q?x").resolve(location)).hasToString(expected);
  }

  @ParameterizedTest
  @ValueSource(strings = {"ftp://a.example/", "http://u@a.example/", "http:x", "/\r\nX: 1", "//["})
  void refusesLocations(String location) throws Exception {
    FetchUrl url = FetchUrl.parse("https://a.example/");

    assertThatThrownBy(() -> url.resolve(location))
        .isInstanceOf(FetchFailure.class)
        .hasMessageStartingWith("the redirect cannot be followed: ");
  }

  @Test
  void anOriginIsSchemeHostAndEffectivePort() throws Exception {
    FetchUrl url = FetchUrl.parse("https://a.example/");

    assertThat(url.sameOrigin(FetchUrl.parse("https://A.example:443/x"))).isTrue();
    assertThat(url.sameOrigin(FetchUrl.parse("http://a.example/"))).isFalse();
    assertThat(url.sameOrigin(FetchUrl.parse("https://a.example:444/"))).isFalse();
  }

  /** Whatever a host is written like, its address is what the policy sees. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "http://127.0.0.1/",
        "http://127.1/",
        "http://2130706433/",
        "http://localhost/",
        "http://LOCALHOST./",
        "http://[::1]/",
        "http://[0:0:0:0:0:0:0:1]/",
        "http://[::ffff:7f00:1]/",
        "http://[::127.0.0.1]/",
        "http://0/",
        "http://0.0.0.0/",
        "http://0x7f000001/",
        "http://0x7f.1/",
        "http://017700000001/",
        "http://⑯⑨。②⑤④。⑯⑨。②⑤④/",
        "http://169.254.169.254./",
        "http://[64:ff9b::a9fe:a9fe]/",
        "http://[fd00:ec2::254]/",
      })
  void noSpellingLeadsInside(String url) throws Exception {
    String host;
    List<InetAddress> addresses;
    try {
      host = FetchUrl.parse(url).host();
      addresses = HostResolver.SYSTEM.resolve(host);
    } catch (FetchFailure | java.net.UnknownHostException e) {
      return; // A spelling that nobody understands leads nowhere.
    }

    assertThat(addresses)
        .isNotEmpty()
        .noneMatch(address -> EgressPolicy.opening(List.of()).allows(host, 80, address));
  }
}
