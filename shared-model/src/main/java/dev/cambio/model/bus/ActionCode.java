package dev.cambio.model.bus;

/**
 * The source of one deployed Action version, sent to an actions node that has not seen it.
 *
 * @param source CommonJS source, ready to be wrapped and evaluated
 */
public record ActionCode(String source) {

  /**
   * Asks a gateway node for the source with that hash.
   *
   * @param tenantId the tenant that owns the version
   * @param contentHash lower-case hexadecimal SHA-256 of the source in UTF-8
   */
  public record Request(String tenantId, String contentHash) {}
}
