package dev.cambio.runtime.guest.sandbox;

import java.util.Objects;
import org.graalvm.polyglot.PolyglotException;
import org.graalvm.polyglot.Value;
import org.jspecify.annotations.Nullable;

/** Reads what JavaScript threw. The value is the guest's own: its getters may throw or lie. */
final class ThrownValue {
  private static final int MAX_LENGTH = 4096;

  private ThrownValue() {}

  static GuestException read(PolyglotException e) {
    Value value = e.getGuestObject();
    String name = member(value, "name");
    String message = member(value, "message");
    return new GuestException(
        GuestException.Reason.THREW,
        Objects.requireNonNullElse(name, "Error"),
        Objects.requireNonNullElse(message, capped(String.valueOf(e.getMessage()))),
        member(value, "stack"));
  }

  private static @Nullable String member(@Nullable Value value, String key) {
    try {
      Value member = value == null || !value.hasMember(key) ? null : value.getMember(key);
      return member == null || !member.isString() ? null : capped(member.asString());
    } catch (PolyglotException | IllegalStateException | UnsupportedOperationException ignored) {
      return null;
    }
  }

  private static String capped(String text) {
    return text.length() <= MAX_LENGTH ? text : text.substring(0, MAX_LENGTH);
  }
}
