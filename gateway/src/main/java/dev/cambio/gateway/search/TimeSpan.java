package dev.cambio.gateway.search;

import static dev.cambio.gateway.search.SearchException.quote;

import java.time.DateTimeException;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.time.temporal.TemporalUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What a date or time in ISO 8601 stands for, as precisely as it was written: {@code 2026-05} is a
 * month.
 *
 * @param end the first instant after it
 */
record TimeSpan(OffsetDateTime start, OffsetDateTime end) {
  private static final Pattern ISO =
      Pattern.compile(
          "(?<year>[0-9]{4})(-(?<month>[0-9]{2})(-(?<day>[0-9]{2})"
              + "(T(?<hour>[0-9]{2}):(?<minute>[0-9]{2})"
              + "(:(?<second>[0-9]{2})(\\.(?<fraction>[0-9]{1,6}))?)?"
              + "(?<zone>Z|[+-][0-9]{2}:[0-9]{2})?)?)?)?");
  private static final int NANO_DIGITS = 9;

  /** Reads a date, with or without a time; without a zone it is UTC. */
  static TimeSpan parse(String field, String text) {
    Matcher iso = ISO.matcher(text);
    if (iso.matches()) {
      try {
        OffsetDateTime start =
            OffsetDateTime.of(
                number(iso.group("year"), 1),
                number(iso.group("month"), 1),
                number(iso.group("day"), 1),
                number(iso.group("hour"), 0),
                number(iso.group("minute"), 0),
                number(iso.group("second"), 0),
                nanos(iso.group("fraction")),
                iso.group("zone") == null ? ZoneOffset.UTC : ZoneOffset.of(iso.group("zone")));
        return new TimeSpan(start, start.plus(1, precision(iso)));
      } catch (DateTimeException e) {
        throw notADate(field, text);
      }
    }
    throw notADate(field, text);
  }

  private static int number(@Nullable String digits, int absent) {
    return digits == null ? absent : Integer.parseInt(digits);
  }

  private static int nanos(@Nullable String fraction) {
    return fraction == null
        ? 0
        : Integer.parseInt(fraction + "0".repeat(NANO_DIGITS - fraction.length()));
  }

  private static TemporalUnit precision(Matcher iso) {
    String fraction = iso.group("fraction");
    if (fraction != null) {
      return fraction.length() <= 3 ? ChronoUnit.MILLIS : ChronoUnit.MICROS;
    }
    if (iso.group("second") != null) {
      return ChronoUnit.SECONDS;
    }
    if (iso.group("minute") != null) {
      return ChronoUnit.MINUTES;
    }
    if (iso.group("day") != null) {
      return ChronoUnit.DAYS;
    }
    return iso.group("month") != null ? ChronoUnit.MONTHS : ChronoUnit.YEARS;
  }

  private static SearchException notADate(String field, String text) {
    return new SearchException(quote(field) + " needs a date in ISO 8601, not " + quote(text));
  }
}
