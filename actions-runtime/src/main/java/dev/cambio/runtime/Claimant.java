package dev.cambio.runtime;

import dev.cambio.model.action.ActionInvocation;
import dev.cambio.model.bus.Json;

/**
 * For whom a run is: what shares are counted by, and turns are taken by.
 *
 * @param tenant the tenant
 * @param action its Action, whatever the version; trials of a tenant count as one Action of their
 *     own, so that they take nothing from requests
 * @param client the client that asks; empty if the event names none
 */
record Claimant(String tenant, String action, String client) {
  private static final String TRIALS = "trials";

  /** Gateways put the client near the beginning; a trial's event is anybody's. */
  private static final int TOKENS = 1000;

  static Claimant of(ActionInvocation invocation) {
    return new Claimant(
        invocation.tenantId(),
        invocation.trial() == null ? invocation.version().actionId() : TRIALS,
        Json.peek(invocation.event(), "client", "client_id", TOKENS).orElse(""));
  }
}
