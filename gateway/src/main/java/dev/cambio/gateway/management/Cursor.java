package dev.cambio.gateway.management;

import dev.cambio.gateway.key.Base64Url;
import dev.cambio.gateway.store.StorableText;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.OffsetDateTime;
import java.util.Base64;

/** Where a list goes on: after this entry. */
record Cursor(OffsetDateTime createdAt, String id) {

  String text() {
    return Base64.getUrlEncoder()
        .withoutPadding()
        .encodeToString((createdAt + " " + id).getBytes(StandardCharsets.UTF_8));
  }

  /** Reads what {@link #text} wrote; refuses anything else with 400. */
  static Cursor parse(String text) {
    try {
      String decoded = new String(Base64Url.decode(text), StandardCharsets.UTF_8);
      int space = decoded.indexOf(' ');
      OffsetDateTime createdAt = OffsetDateTime.parse(decoded.substring(0, Math.max(space, 0)));
      String id = decoded.substring(space + 1);
      if (StorableText.is(id) && Math.abs(createdAt.getYear()) < 10_000) {
        return new Cursor(createdAt, id);
      }
    } catch (IllegalArgumentException | DateTimeException e) {
      // Fall through to the complaint.
    }
    throw ManagementException.of(
        400, "invalid_paging", "Query validation error: 'Not a cursor' on property from.");
  }
}
