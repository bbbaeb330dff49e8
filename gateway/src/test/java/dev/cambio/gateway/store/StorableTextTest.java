package dev.cambio.gateway.store;

import static org.assertj.core.api.Assertions.assertThat;

import dev.cambio.model.bus.Json;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@DisplayName("Text that the database can hold")
class StorableTextTest {
  @ParameterizedTest
  @ValueSource(strings = {"", "a", "\uD83D\uDE00", "a\uD83D\uDE00b", "\uFFFD", "\uFFFF", "?"})
  void isWellFormed(String text) {
    assertThat(StorableText.is(text)).isTrue();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"\0", "a\0", "\uD83D", "a\uD83Db", "\uDE00", "\uDE00\uD83D", "\uD83D\uD83D\uDE00"})
  void isNotNulOrHalfAPair(String text) {
    assertThat(StorableText.is(text)).isFalse();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "\"\\ud800\"",
        "{\"a\":[{\"b\":\"\\u0000\"}]}",
        "{\"a\":{\"\\udfff\":1}}",
        "[[\"\\udfff\"]]"
      })
  void looksIntoAllOfJson(String json) throws Exception {
    assertThat(StorableText.isAllOf(Json.parse(json))).isFalse();
  }

  @Test
  void holdsPairs() throws Exception {
    assertThat(StorableText.isAllOf(Json.parse("{\"\\ud83d\\ude00\":[\"\\ud83d\\ude00\",1,null]}")))
        .isTrue();
  }

  @Test
  @DisplayName(
      "what it cannot hold is still written, in other JSON, without becoming something else")
  void writesHalves() throws Exception {
    for (String json :
        new String[] {
          "{\"a\":\"\\ud800\"}", "{\"a\":\"x\\udc00y\"}", "[\"\\ud83d\\ude00é\\ud83d\"]"
        }) {
      assertThat(Json.parse(Json.writeBytes(Json.parse(json)))).isEqualTo(Json.parse(json));
    }
  }
}
