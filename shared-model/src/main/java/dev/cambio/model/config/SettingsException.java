package dev.cambio.model.config;

/** A setting that stops the start. The message names key, value and where it was set. */
public final class SettingsException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  public SettingsException(String message) {
    super(message, null, false, false);
  }
}
