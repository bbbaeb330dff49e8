package dev.cambio.gateway.search;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.time.OffsetDateTime;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class TimeSpanTest {
  @ParameterizedTest
  @CsvSource({
    "2024,2024-01-01T00:00Z,2025-01-01T00:00Z",
    "2024-02,2024-02-01T00:00Z,2024-03-01T00:00Z",
    "2024-02-29,2024-02-29T00:00Z,2024-03-01T00:00Z",
    "2024-02-29T23:59,2024-02-29T23:59Z,2024-03-01T00:00Z",
    "2024-02-29T23:59:59Z,2024-02-29T23:59:59Z,2024-03-01T00:00Z",
    "2024-01-01T00:00:00.5Z,2024-01-01T00:00:00.5Z,2024-01-01T00:00:00.501Z",
    "2024-01-01T00:00:00.123456Z,2024-01-01T00:00:00.123456Z,2024-01-01T00:00:00.123457Z",
    "2024-01-01T02:00:00+02:00,2024-01-01T00:00Z,2024-01-01T00:00:01Z",
  })
  void aDateStandsForAllOfIt(String text, OffsetDateTime start, OffsetDateTime end) {
    TimeSpan span = TimeSpan.parse("created_at", text);

    assertThat(span.start()).isAtSameInstantAs(start);
    assertThat(span.end()).isAtSameInstantAs(end);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "yesterday",
        "2024-13",
        "2023-02-29",
        "2024-1-1",
        "2024-01-01T25:00",
        "2024-01-01 10:00",
        "2024-01-01T00:00:00+99:00",
        "99999",
        "-2024",
        "٢٠٢٤",
        "",
      })
  void refusesWhatIsNoDate(String text) {
    assertThatExceptionOfType(SearchException.class)
        .isThrownBy(() -> TimeSpan.parse("created_at", text))
        .withMessage("'created_at' needs a date in ISO 8601, not '" + text + "'");
  }
}
