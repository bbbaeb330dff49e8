package dev.cambio.gateway.refresh;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.cambio.gateway.client.Client;
import dev.cambio.gateway.store.Payload;
import dev.cambio.model.oauth.GrantTypes;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/**
 * How a client's refresh tokens behave: its {@code refresh_token} object with the contract's
 * defaults (token-endpoint §7.7).
 *
 * @param rotating whether each exchange replaces the token
 * @param lifetime from issue to the end, whatever happens; empty for no end
 * @param idleLifetime from one exchange to the next; empty for any time
 * @param leeway for which a token may be exchanged again after it has been replaced
 */
public record RefreshPolicy(
    boolean rotating,
    Optional<Duration> lifetime,
    Optional<Duration> idleLifetime,
    Duration leeway) {
  private static final int DEFAULT_LIFETIME = 2_592_000;

  /** The policy of a client; empty if it may have no refresh tokens. */
  public static Optional<RefreshPolicy> of(Client client) {
    ObjectNode payload = client.payload();
    ObjectNode settings = Payload.member(payload, "refresh_token");
    boolean rotating = settings.path("rotation_type").asText().equals("rotating");
    boolean refreshes = Payload.strings(payload, "grant_types").contains(GrantTypes.REFRESH_TOKEN);
    // What runs in a browser keeps no token that is good for ever.
    boolean inBrowser = payload.path("app_type").asText().equals("spa");
    return refreshes && (rotating || !inBrowser)
        ? Optional.of(of(settings, rotating))
        : Optional.empty();
  }

  private static RefreshPolicy of(JsonNode settings, boolean rotating) {
    boolean expiring = rotating || settings.path("expiration_type").asText().equals("expiring");
    return new RefreshPolicy(
        rotating,
        lifetime(settings, expiring, "token_lifetime"),
        lifetime(settings, expiring, "idle_token_lifetime"),
        Duration.ofSeconds(settings.path("leeway").asInt(0)));
  }

  private static Optional<Duration> lifetime(JsonNode settings, boolean expiring, String name) {
    return expiring && !settings.path("infinite_" + name).asBoolean(false)
        ? Optional.of(Duration.ofSeconds(settings.path(name).asInt(DEFAULT_LIFETIME)))
        : Optional.empty();
  }

  /** When a token that is issued now ends. */
  Optional<Instant> expiresAt(Instant now) {
    return lifetime.map(now::plus);
  }

  /** When a token that is exchanged now ends unless it is exchanged again. */
  Optional<Instant> idleExpiresAt(Instant now) {
    return idleLifetime.map(now::plus);
  }
}
