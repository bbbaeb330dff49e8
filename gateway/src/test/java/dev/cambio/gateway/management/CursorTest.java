package dev.cambio.gateway.management;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.time.OffsetDateTime;
import java.util.Base64;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@DisplayName("Cursors, contract management-api §1.3")
class CursorTest {

  @Test
  void readsWhatItWrote() {
    Cursor cursor = new Cursor(OffsetDateTime.parse("2026-01-02T03:04:05.678Z"), "auth0|a b");

    assertThat(Cursor.parse(cursor.text())).isEqualTo(cursor);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        " ",
        "x",
        "2026-01-02T03:04:05Z",
        "+999999999-01-01T00:00:00Z id",
        "2026-13-02T03:04:05Z id",
        "2026-01-02T03:04:05Z a\0b",
        "' or 1=1 --"
      })
  void refusesAnythingElse(String content) {
    String text = Base64.getUrlEncoder().encodeToString(content.getBytes(StandardCharsets.UTF_8));

    assertThatThrownBy(() -> Cursor.parse(text)).isInstanceOf(ManagementException.class);
    assertThatThrownBy(() -> Cursor.parse("%" + text)).isInstanceOf(ManagementException.class);
  }
}
