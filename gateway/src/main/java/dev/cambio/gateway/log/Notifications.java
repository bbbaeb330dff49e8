package dev.cambio.gateway.log;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.cambio.model.bus.Json;
import dev.cambio.model.bus.TenantEvent;
import dev.cambio.model.bus.TokenBus;
import io.vertx.core.eventbus.EventBus;
import java.time.Clock;

/**
 * Tells internal services on the event bus what somebody should hear of: an administrator, or a
 * user by mail. Nothing here sends mail.
 */
public final class Notifications {
  private final EventBus bus;
  private final Clock clock;

  public Notifications(EventBus bus, Clock clock) {
    this.bus = bus;
    this.clock = clock;
  }

  /** An address was blocked for invalid subject tokens (contract token-endpoint §9). */
  public void addressBlocked(String tenantId, String ip) {
    publish(
        tenantId,
        "admin_notification",
        JsonNodeFactory.instance.objectNode().put("type", "limit_mu").put("ip", ip));
  }

  /** A new user is to prove an address (contract token-endpoint §5.4). */
  public void emailUnverified(String tenantId, String userId, String connection, String email) {
    publish(
        tenantId,
        "verification_email",
        JsonNodeFactory.instance
            .objectNode()
            .put("user_id", userId)
            .put("connection", connection)
            .put("email", email));
  }

  /**
   * A user is to be reached on another channel (contract token-endpoint §8). Whoever listens sends
   * the message: a code in it, or a question whose answer comes back by {@code TokenBus.answer}.
   *
   * @param message what to send and where; may hold a code, and is kept nowhere
   */
  public void outOfBand(String tenantId, ObjectNode message) {
    publish(tenantId, "mfa_message", message);
  }

  private void publish(String tenantId, String type, ObjectNode payload) {
    bus.publish(
        TokenBus.NOTIFICATIONS,
        new TenantEvent(tenantId, type, clock.instant().toString(), Json.write(payload)));
  }
}
