package dev.cambio.runtime.host;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class FetchRequestTest {
  private static final byte[] BODY = "body".getBytes(StandardCharsets.UTF_8);

  private static FetchRequest request(String url, String method) throws FetchFailure {
    return FetchRequest.parse(
        """
        {"url":"%s","method":"%s","redirect":"follow","headers":[["Authorization","a"],
         ["Cookie","c"],["Content-Type","text/plain"],["Host","evil"],["X-Own","1"]]}
        """
            .formatted(url, method),
        BODY);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "ftp://a.example/",
        "file:///etc/passwd",
        "http:///x",
        "http://user@a.example/",
        "http://a.example:0/",
        "/relative",
        "not a url"
      })
  void refusesOtherUrls(String url) {
    assertThatThrownBy(() -> request(url, "GET")).isInstanceOf(FetchFailure.class);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "a\\r\\nX-Injected: 1",
        "a\\nb",
        "a\\u0000b",
        "a\\u007fb",
        "a\\u560d\\u560aX-Injected: 1",
        "\\u010d\\u010aGET / HTTP/1.1"
      })
  void refusesHeaderValuesThatCouldEndALine(String value) {
    assertThatThrownBy(() -> withHeader("x-own", value))
        .isInstanceOf(FetchFailure.class)
        .hasMessage("a header is malformed");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "x y", "x:", "x\\r\\ny", "x\\u010d", "(x)"})
  void refusesHeaderNamesThatAreNoTokens(String name) {
    assertThatThrownBy(() -> withHeader(name, "1")).isInstanceOf(FetchFailure.class);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "Host",
        "content-length",
        "Transfer-Encoding",
        "Connection",
        "Upgrade",
        "TE",
        "Expect",
        "Trailer",
        "HTTP2-Settings"
      })
  void leavesFramingToTheConnection(String name) throws Exception {
    assertThat(withHeader(name, "chunked").headers()).isEmpty();
  }

  private static FetchRequest withHeader(String name, String value) throws FetchFailure {
    return FetchRequest.parse(
        "{\"url\":\"http://a.example/\",\"headers\":[[\"%s\",\"%s\"]]}".formatted(name, value),
        null);
  }

  @ParameterizedTest
  @ValueSource(strings = {"CONNECT", "trace", "", "GET /", "GET\\r\\nX: 1", "G\\u0120T"})
  void refusesOtherMethods(String method) {
    assertThatThrownBy(() -> request("http://a.example/", method)).isInstanceOf(FetchFailure.class);
  }

  @Test
  void dropsHeadersOfTheConnection() throws Exception {
    assertThat(request("http://a.example/", "GET").headers())
        .extracting(FetchRequest.Header::name)
        .containsExactly("Authorization", "Cookie", "Content-Type", "X-Own");
  }

  @Test
  void takesCharactersThatUrlsMayHold() throws Exception {
    FetchRequest request = request("https://a.example:8443/p|q?filter[a]={1}#top", "GET");

    assertThat(request.url().target()).isEqualTo("/p%7Cq?filter%5Ba%5D=%7B1%7D");
    assertThat(request.url().port()).isEqualTo(8443);
  }

  @Test
  void crossOriginRedirectsDropCredentials() throws Exception {
    FetchRequest next =
        request("https://a.example/x", "GET").redirected(302, "https://b.example/y", 20);

    assertThat(next.url()).hasToString("https://b.example/y");
    assertThat(next.headers())
        .extracting(FetchRequest.Header::name)
        .containsExactly("Content-Type", "X-Own");
  }

  @Test
  void sameOriginRedirectsKeepCredentials() throws Exception {
    FetchRequest next = request("https://a.example/x", "GET").redirected(302, "../y", 20);

    assertThat(next.headers()).hasSize(4);
  }

  @Test
  void aPostBecomesAGetUnlessTheStatusForbidsIt() throws Exception {
    FetchRequest post = request("https://a.example/x", "POST");

    assertThat(post.redirected(302, "/y", 20).method()).isEqualTo("GET");
    assertThat(post.redirected(302, "/y", 20).body()).isNull();
    assertThat(post.redirected(307, "/y", 20).method()).isEqualTo("POST");
    assertThat(post.redirected(307, "/y", 20).body()).isEqualTo(BODY);
  }

  @Test
  void redirectsEnd() throws Exception {
    FetchRequest request = request("https://a.example/x", "GET");
    for (int hop = 0; hop < 20; hop++) {
      request = request.redirected(302, "/y", 20);
    }
    FetchRequest last = request;

    assertThatThrownBy(() -> last.redirected(302, "/y", 20))
        .isInstanceOf(FetchFailure.class)
        .hasMessage("redirect count exceeded");
  }
}
