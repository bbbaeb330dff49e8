package dev.cambio.gateway.mfa;

import dev.cambio.gateway.tenant.Tenant;

/**
 * A login that waits for a second factor.
 *
 * @param tokenHash SHA-256 of its {@code mfa_token}
 * @param clientId the client that may complete it
 */
record PendingLogin(
    Tenant tenant,
    byte[] tokenHash,
    String clientId,
    String userId,
    PendingTransaction transaction) {

  String tenantId() {
    return tenant.id();
  }

  /** Names the user; what is pending stays out. */
  @Override
  public String toString() {
    return "PendingLogin[" + userId + "]";
  }
}
