package dev.cambio.model.action;

import com.fasterxml.jackson.annotation.JsonSetter;
import com.fasterxml.jackson.annotation.Nulls;
import org.jspecify.annotations.Nullable;

/**
 * What the code threw, in its own words. For tenant logs; secrets of the run are masked in it.
 *
 * @param name the error's class name, e.g. {@code TypeError}
 * @param message may be empty
 * @param code the error's {@code code} property, if it had one
 * @param stack JavaScript stack, if there was one
 */
public record ActionError(
    String name,
    String message,
    @JsonSetter(nulls = Nulls.SET) @Nullable String code,
    @JsonSetter(nulls = Nulls.SET) @Nullable String stack) {

  /** An error that the runtime itself reports. */
  public static ActionError of(String name, String message) {
    return new ActionError(name, message, null, null);
  }
}
