package dev.cambio.runtime.process;

import java.time.Duration;

/**
 * A run as it is sent to a guest process.
 *
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

  GuestCall within(Duration left) {
    return new GuestCall(tenant, version, contentHash, trigger, left, event, secrets);
  }

  /** Names the version; event and secrets stay out. */
  @Override
  public String toString() {
    return "GuestCall[" + version + "]";
  }
}
