package dev.cambio.runtime;

import dev.cambio.model.action.ActionVersion;
import dev.cambio.model.bus.ActionBus;
import dev.cambio.model.bus.DeployedVersions;
import dev.cambio.runtime.process.GuestProcesses;
import dev.cambio.runtime.process.GuestVersion;
import io.vertx.core.eventbus.EventBus;
import java.util.UUID;

/**
 * Hears from gateway nodes which versions requests may run, so that their realms are open before
 * one does. Nothing but time depends on it: what was not heard of is opened by its first run.
 */
final class DeployedActions {
  private final EventBus bus;
  private final GuestProcesses processes;

  DeployedActions(EventBus bus, GuestProcesses processes) {
    this.bus = bus;
    this.processes = processes;
  }

  /** Begins to listen, and asks a gateway node for what was deployed before. */
  void listen() {
    bus.<DeployedVersions>consumer(ActionBus.DEPLOYED, message -> heard(message.body()))
        .completion()
        .onSuccess(
            _ ->
                bus.send(
                    ActionBus.DEPLOYED_WANTED,
                    new DeployedVersions.Request(UUID.randomUUID().toString())));
  }

  private void heard(DeployedVersions deployed) {
    String tenant = deployed.tenantId();
    processes.deployed(
        tenant,
        deployed.versions().stream().map(version -> guestVersion(tenant, version)).toList());
  }

  private static GuestVersion guestVersion(String tenant, ActionVersion version) {
    return new GuestVersion(tenant, version.versionId(), version.contentHash());
  }
}
