package dev.cambio.runtime.process;

import java.time.Duration;

/**
 * A run as it is sent to a guest process.
 *
 * @param trigger empty if only the realm is to be opened
 * @param event JSON text
 * @param secrets JSON text
 * @param budget wall-clock time left
 */
public record GuestCall(
    String tenant,
    String version,
    String contentHash,
    String trigger,
    Duration budget,
    String event,
    String secrets) {

  GuestVersion guestVersion() {
    return new GuestVersion(tenant, version, contentHash);
  }

  GuestCall within(Duration left) {
    return new GuestCall(tenant, version, contentHash, trigger, left, event, secrets);
  }

  /** Names the version; event and secrets stay out. */
  @Override
  public String toString() {
    return "GuestCall[" + version + "]";
  }
}
