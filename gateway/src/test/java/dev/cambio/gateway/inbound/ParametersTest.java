package dev.cambio.gateway.inbound;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.cambio.gateway.error.OAuthException.MediaTypeUnsupported;
import dev.cambio.gateway.error.OAuthException.RequestInvalid;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@DisplayName("Request bodies, contract token-endpoint §1.1")
class ParametersTest {
  private static final String FORM = "application/x-www-form-urlencoded";
  private static final String JSON = "application/json";

  @Nested
  class Forms {
    @Test
    void readNamesAndValuesInOrder() {
      Parameters parameters = parse(FORM, "a=1&b=x%20y+z&c=&%C3%A4=%E2%82%AC&d");

      assertThat(parameters.values())
          .containsExactly(
              Map.entry("a", "1"),
              Map.entry("b", "x y z"),
              Map.entry("c", ""),
              Map.entry("ä", "€"),
              Map.entry("d", ""));
    }

    @Test
    void tolerateCharsetAndCaseOfTheMediaType() {
      assertThat(parse("Application/X-WWW-Form-Urlencoded; charset=UTF-8", "a=1").find("a"))
          .contains("1");
    }

    @ParameterizedTest
    @CsvSource(
        delimiter = '|',
        value = {
          "a=1&a=1|Parameter 'a' is given more than once",
          "a=1&a=|Parameter 'a' is given more than once",
          "a=%|The request body has a broken percent-encoding",
          "a=%4|The request body has a broken percent-encoding",
          "a=%4&b=1|The request body has a broken percent-encoding",
          "a=%zz|The request body has a broken percent-encoding",
          "a=%ff|The request body is not valid UTF-8",
          "a=%c0%80|The request body is not valid UTF-8",
          "a=%ed%a0%80|The request body is not valid UTF-8",
          "a=%f4%90%80%80|The request body is not valid UTF-8",
          "a=%e0%80%af|The request body is not valid UTF-8",
          "a=%00|The request contains the character U+0000"
        })
    void refuse(String body, String description) {
      assertThatThrownBy(() -> parse(FORM, body))
          .isInstanceOfSatisfying(
              RequestInvalid.class, e -> assertThat(e.description()).isEqualTo(description));
    }

    @Test
    void refuseTenThousandParameters() {
      String body =
          IntStream.range(0, 10_000).mapToObj(i -> "p" + i + "=1").collect(Collectors.joining("&"));

      assertThatThrownBy(() -> parse(FORM, body))
          .isInstanceOf(RequestInvalid.class)
          .hasMessage("The request has too many parameters");
    }
  }

  @Nested
  class JsonBodies {
    @Test
    void readStringMembers() {
      assertThat(parse(JSON, "{\"a\":\"1\",\"b\":\"\"}").values())
          .containsExactly(Map.entry("a", "1"), Map.entry("b", ""));
    }

    @ParameterizedTest
    @CsvSource(
        delimiter = '|',
        quoteCharacter = '`',
        value = {
          "{|The request body is not valid JSON",
          "{\"a\":\"1\",\"a\":\"2\"}|The request body is not valid JSON",
          "{\"a\":\"1\"}{}|The request body is not valid JSON",
          "[]|The request body must be one JSON object",
          "\"a\"|The request body must be one JSON object",
          "{\"a\":1}|Parameter 'a' must be a string",
          "{\"a\":null}|Parameter 'a' must be a string",
          "{\"a\":{}}|Parameter 'a' must be a string",
          "{\"a\":\"\\u0000\"}|The request contains the character U+0000",
          "{\"a\":\"\\ud800\"}|The request contains half a surrogate pair",
          "{\"a\":\"\\udc00\\ud800\"}|The request contains half a surrogate pair",
          "{\"\\udfff\":\"a\"}|The request contains half a surrogate pair"
        })
    void refuse(String body, String description) {
      assertThatThrownBy(() -> parse(JSON, body))
          .isInstanceOfSatisfying(
              RequestInvalid.class, e -> assertThat(e.description()).isEqualTo(description));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", " ", "\u00ff\u00fe{"})
    void refuseNothingAndNoise(String body) {
      assertThatThrownBy(() -> parse(JSON, body)).isInstanceOf(RequestInvalid.class);
    }

    @Test
    void refuseDeepNesting() {
      String body = "{\"a\":" + "[".repeat(100_000);

      assertThatThrownBy(() -> parse(JSON, body)).isInstanceOf(RequestInvalid.class);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"text/plain", "multipart/form-data; boundary=x", ""})
  void refusesOtherMediaTypes(String contentType) {
    assertThatThrownBy(() -> parse(contentType, "a=1")).isInstanceOf(MediaTypeUnsupported.class);
  }

  @Test
  void refusesAMissingMediaType() {
    InboundRequest request = new InboundRequest("http", "h", "127.0.0.1", Map.of(), new byte[0]);

    assertThatThrownBy(() -> Parameters.parse(request)).isInstanceOf(MediaTypeUnsupported.class);
  }

  @Test
  void printsNoValue() {
    assertThat(parse(FORM, "client_secret=hunter2")).hasToString("Parameters[client_secret]");
  }

  private static Parameters parse(String contentType, String body) {
    return Parameters.parse(
        new InboundRequest(
            "http",
            "localhost",
            "127.0.0.1",
            Map.of("content-type", contentType),
            body.getBytes(UTF_8)));
  }
}
