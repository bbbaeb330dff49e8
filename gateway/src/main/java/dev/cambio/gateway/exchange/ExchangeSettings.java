package dev.cambio.gateway.exchange;

import dev.cambio.model.config.Settings;
import java.time.Duration;

/**
 * Settings of the exchange.
 *
 * @param actionTimeout wall-clock budget of all Actions of one trigger together
 * @param invalidActorToken what an invalid ID token as {@code actor_token} leads to
 * @param sessionTransfer what the audience of Session Transfer Tokens leads to
 */
public record ExchangeSettings(
    Duration actionTimeout, InvalidActorToken invalidActorToken, SessionTransfer sessionTransfer) {
  private static final Duration DEFAULT_TIMEOUT = Duration.ofSeconds(20);

  /** What to do with an {@code actor_token} that is no valid ID token (contract §4.2). */
  public enum InvalidActorToken {
    /** Refuse the request. */
    REJECT,
    /** Run the Action without {@code actor_token_user}. */
    OMIT
  }

  /** What to do with the audience {@code urn:HOST:session_transfer} (contract §4.6). */
  public enum SessionTransfer {
    /** Know no such audience, since nothing here redeems such tokens. */
    REFUSE,
    /** Issue the tokens, for an authorization server that redeems them from the database. */
    ISSUE
  }

  public boolean issuesSessionTransferTokens() {
    return sessionTransfer == SessionTransfer.ISSUE;
  }

  public static ExchangeSettings from(Settings settings) {
    return new ExchangeSettings(
        settings.millis(
            "actions.timeout-ms", DEFAULT_TIMEOUT, Duration.ofMillis(100), Duration.ofMinutes(5)),
        settings.choice("exchange.invalid-actor-token", InvalidActorToken.REJECT),
        settings.choice("exchange.session-transfer", SessionTransfer.REFUSE));
  }
}
