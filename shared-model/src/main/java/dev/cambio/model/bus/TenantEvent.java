package dev.cambio.model.bus;

/**
 * Something that happened at a tenant.
 *
 * @param type of a log entry, e.g. {@code secte} (contract token-endpoint §10.1), or of a
 *     notification
 * @param date ISO 8601, UTC
 * @param payload JSON object
 */
public record TenantEvent(String tenantId, String type, String date, String payload) {

  /** Names it; the payload is about people and stays out. */
  @Override
  public String toString() {
    return "TenantEvent[" + tenantId + " " + type + "]";
  }
}
