package dev.cambio.gateway.files;

/**
 * A tenant's files cannot be imported. The message has a line for each fault, with file and place.
 */
public class TenantImportException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  public TenantImportException(String message) {
    super(message, null, false, false);
  }

  /** A fault that only follows from another one, which is told. */
  static final class Consequence extends TenantImportException {
    private static final long serialVersionUID = 1L;

    Consequence(TenantImportException fault) {
      super(String.valueOf(fault.getMessage()));
    }
  }
}
