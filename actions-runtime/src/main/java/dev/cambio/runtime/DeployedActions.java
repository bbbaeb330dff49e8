package dev.cambio.runtime;

import dev.cambio.model.action.ActionVersion;
import dev.cambio.model.bus.ActionBus;
import dev.cambio.model.bus.DeployedVersions;
import dev.cambio.runtime.process.GuestProcesses;
import dev.cambio.runtime.process.GuestVersion;
import io.vertx.core.Vertx;
import java.util.UUID;

/**
 * Hears from gateway nodes which versions requests may run, so that their realms are open before
 * one does. Nothing but time depends on it: what was not heard of is opened by its first run.
 */
final class DeployedActions {
  /** One that does not answer is followed by the next, five times in all. */
  private static final long FIRST_PATIENCE_MS = 1000;

  private static final long LAST_PATIENCE_MS = 16_000;

  private final Vertx vertx;
  private final GuestProcesses processes;
  private volatile boolean hasHeard;

  DeployedActions(Vertx vertx, GuestProcesses processes) {
    this.vertx = vertx;
    this.processes = processes;
  }

  /** Begins to listen, and asks gateway nodes for what was deployed before. */
  void listen() {
    vertx
        .eventBus()
        .<DeployedVersions>consumer(ActionBus.DEPLOYED, message -> heard(message.body()))
        .completion()
        .onSuccess(_ -> ask(FIRST_PATIENCE_MS));
  }

  private void ask(long patience) {
    if (hasHeard) {
      return;
    }
    vertx
        .eventBus()
        .send(
            ActionBus.DEPLOYED_WANTED, new DeployedVersions.Request(UUID.randomUUID().toString()));
    if (patience <= LAST_PATIENCE_MS) {
      vertx.setTimer(patience, _ -> ask(patience * 2));
    }
  }

  private void heard(DeployedVersions deployed) {
    hasHeard = true;
    String tenant = deployed.tenantId();
    processes.deployed(
        tenant,
        deployed.versions().stream().map(version -> guestVersion(tenant, version)).toList());
  }

  private static GuestVersion guestVersion(String tenant, ActionVersion version) {
    return new GuestVersion(tenant, version.versionId(), version.contentHash());
  }
}
