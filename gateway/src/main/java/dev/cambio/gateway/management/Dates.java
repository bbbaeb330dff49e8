package dev.cambio.gateway.management;

import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;

/** Dates as the Management API writes them: ISO 8601, UTC, milliseconds. */
final class Dates {
  private static final DateTimeFormatter FORMAT =
      DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH:mm:ss.SSS'Z'");

  private Dates() {}

  static String text(OffsetDateTime date) {
    return FORMAT.format(date.withOffsetSameInstant(ZoneOffset.UTC));
  }
}
