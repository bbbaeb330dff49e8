package dev.cambio.gateway.files;

/** A tenant's files cannot be imported. The message is one line that names file and place. */
public final class TenantImportException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  public TenantImportException(String message) {
    super(message, null, false, false);
  }
}
