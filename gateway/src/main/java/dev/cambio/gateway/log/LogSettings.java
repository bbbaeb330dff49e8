package dev.cambio.gateway.log;

import dev.cambio.model.config.Settings;

/**
 * Settings of tenant logs.
 *
 * @param retentionDays after which entries are removed; 0 for never
 */
public record LogSettings(int retentionDays) {
  private static final int DEFAULT_DAYS = 30;
  private static final int MOST_DAYS = 36_500;

  public static LogSettings from(Settings settings) {
    return new LogSettings(settings.integer("logs.retention-days", DEFAULT_DAYS, 0, MOST_DAYS));
  }
}
