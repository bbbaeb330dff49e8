package dev.cambio.gateway.packages;

import dev.cambio.gateway.store.TenantQueries;

/** What is to happen once a build is built or has failed. */
@FunctionalInterface
public interface AfterBuild {
  /**
   * Does it.
   *
   * @param rows in the transaction that notes the outcome
   */
  void finished(TenantQueries rows, String buildId);
}
