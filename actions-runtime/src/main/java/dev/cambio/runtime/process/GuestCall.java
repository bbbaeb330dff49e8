package dev.cambio.runtime.process;

import dev.cambio.model.action.ActionInvocation;
import dev.cambio.model.action.ActionTrial;
import dev.cambio.model.bus.Json;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * A run as it is sent to a guest process.
 *
 * @param trigger empty if only the realm is to be opened
 * @param event JSON text
 * @param secrets JSON text
 * @param budget wall-clock time left
 * @param trial present for a run that is made repeatable, and then leaves nothing behind
 */
public record GuestCall(
    String tenant,
    String version,
    String contentHash,
    String trigger,
    Duration budget,
    String event,
    String secrets,
    @Nullable ActionTrial trial) {

  /** The call that an invocation is, with what is left of its time. */
  public static GuestCall of(ActionInvocation invocation, Duration budget) {
    return new GuestCall(
        invocation.tenantId(),
        invocation.version().versionId(),
        invocation.version().contentHash(),
        invocation.trigger().id(),
        budget,
        invocation.event(),
        Json.write(invocation.secrets()),
        invocation.trial());
  }

  GuestVersion guestVersion() {
    return new GuestVersion(tenant, version, contentHash);
  }

  GuestCall within(Duration left) {
    return new GuestCall(tenant, version, contentHash, trigger, left, event, secrets, trial);
  }

  /** Names the version; event and secrets stay out. */
  @Override
  public String toString() {
    return "GuestCall[" + version + "]";
  }
}
