package dev.cambio.gateway.files;

import java.util.regex.Pattern;

/**
 * A tenant's files cannot be imported. The message has a line for each fault, with file and place.
 */
public class TenantImportException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /** What files say may be long, and meant for a terminal. */
  private static final int MAX_LINE = 1000;

  private static final Pattern CONTROLS = Pattern.compile("[\\p{Cntrl}\\x{2028}\\x{2029}]");

  public TenantImportException(String message) {
    super(message, null, false, false);
  }

  /** What a fault's line may show of what files say: in one line, without control characters. */
  static String shown(String text) {
    String cut = text.length() <= MAX_LINE ? text : text.substring(0, MAX_LINE) + "…";
    return CONTROLS.matcher(cut).replaceAll("?");
  }

  /** A fault that only follows from another one, which is told. */
  static final class Consequence extends TenantImportException {
    private static final long serialVersionUID = 1L;

    Consequence(TenantImportException fault) {
      super(String.valueOf(fault.getMessage()));
    }
  }
}
