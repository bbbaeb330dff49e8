package dev.cambio.runtime.guest.sandbox;

import org.jspecify.annotations.Nullable;

/** JavaScript did not return normally. Carries what it threw, in its own words. */
public final class GuestException extends Exception {
  private static final long serialVersionUID = 1L;

  /** Why it did not return. */
  public enum Reason {
    /** It threw; the realm is still usable. */
    THREW,
    /** The realm was cancelled from outside. */
    CANCELLED,
    /** The engine failed; the realm must not be used again. */
    BROKEN
  }

  private final Reason reason;
  private final String name;
  private final @Nullable String guestStack;

  GuestException(Reason reason, String name, String message, @Nullable String guestStack) {
    super(message, null, false, false);
    this.reason = reason;
    this.name = name;
    this.guestStack = guestStack;
  }

  public Reason reason() {
    return reason;
  }

  /** The error's class name, e.g. {@code TypeError}. */
  public String name() {
    return name;
  }

  /** The JavaScript stack. */
  public @Nullable String guestStack() {
    return guestStack;
  }
}
