package dev.cambio.gateway.mfa;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.cambio.gateway.error.OAuthException.AuthorizationPending;
import dev.cambio.gateway.error.OAuthException.CodeWrong;
import dev.cambio.gateway.error.OAuthException.TooManyCodes;
import dev.cambio.gateway.log.Notifications;
import dev.cambio.gateway.store.Database;
import dev.cambio.gateway.store.Queries;
import io.vertx.core.buffer.Buffer;
import io.vertx.sqlclient.Row;
import java.time.Clock;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.HexFormat;
import java.util.Optional;

/**
 * Challenges that reach the user out of band: a code that comes back through the client, or a
 * question that the user answers elsewhere.
 */
public final class Challenges {
  private static final int MAX_MESSAGES_PER_HOUR = 10;
  private static final long HOUR_SECONDS = 3600;

  private static final String INSERT =
      """
      with old as (
        delete from mfa_challenge where tenant_id = $1 and code_hash = any (array(
          select code_hash from mfa_challenge where tenant_id = $1 and created_at < $8
          order by created_at limit 10 for update skip locked))
      )
      insert into mfa_challenge
        (tenant_id, code_hash, token_hash, user_id, authenticator_id, binding_hash, created_at)
      select $1, $2, $3, $4, $5, $6, $7
      where (select count(*) from mfa_challenge
             where tenant_id = $1 and user_id = $4 and created_at >= $8) < $9
      """;

  private final Database database;
  private final Notifications notifications;
  private final Codes codes;
  private final Clock clock;

  Challenges(Database database, Notifications notifications, Codes codes, Clock clock) {
    this.database = database;
    this.notifications = notifications;
    this.codes = codes;
    this.clock = clock;
  }

  /**
   * A challenge that was sent.
   *
   * @param prompts whether the user is sent a code to type
   */
  record Sent(String oobCode, boolean prompts) {
    void addTo(ObjectNode answer) {
      answer.put("oob_code", oobCode);
      if (prompts) {
        answer.put("binding_method", "prompt");
      }
    }
  }

  /** A challenge that the user may have answered. */
  private record Asked(String authenticatorId, boolean prompts, String state) {}

  /** Sends a challenge; refuses more than ten an hour to one user. */
  Sent send(PendingLogin login, Authenticator to) {
    String oobCode = codes.token();
    Optional<String> binding =
        to.factor() == Factor.PUSH ? Optional.empty() : Optional.of(codes.bindingCode());
    byte[] hash = Codes.hash(oobCode);
    OffsetDateTime now = clock.instant().atOffset(ZoneOffset.UTC);
    int stored =
        database.transaction(
            queries -> {
              Authenticators.lockUser(queries, login);
              return queries.execute(
                  login.tenantId(),
                  INSERT,
                  hash,
                  login.tokenHash(),
                  login.userId(),
                  to.id(),
                  binding.map(code -> bindingHash(oobCode, code)).orElse(null),
                  now,
                  now.minusSeconds(HOUR_SECONDS),
                  MAX_MESSAGES_PER_HOUR);
            });
    if (stored == 0) {
      throw new TooManyCodes(
          "Too many messages were sent to the user. Try again later.", HOUR_SECONDS);
    }
    notifications.outOfBand(login.tenantId(), message(login, to, hash, binding));
    return new Sent(oobCode, binding.isPresent());
  }

  private static ObjectNode message(
      PendingLogin login, Authenticator to, byte[] hash, Optional<String> binding) {
    ObjectNode message =
        JsonNodeFactory.instance
            .objectNode()
            .put("user_id", login.userId())
            .put("channel", to.channel().orElseThrow())
            .put("enrollment", !to.active());
    to.secret().ifPresent(address -> message.put("to", address));
    binding.ifPresentOrElse(
        code -> message.put("code", code),
        () -> message.put("challenge", HexFormat.of().formatHex(hash)));
    return message;
  }

  /** Whether the client has to send the code that the user was sent. */
  boolean prompts(PendingLogin login, String oobCode) {
    return require(database, login, oobCode).prompts();
  }

  /**
   * Uses a challenge up that the user has met; answers the id of the authenticator.
   *
   * @param binding what the user typed
   */
  String prove(Queries queries, PendingLogin login, String oobCode, Optional<String> binding) {
    Asked asked = require(queries, login, oobCode);
    if (!asked.prompts() && asked.state().equals("pending")) {
      throw new AuthorizationPending();
    }
    int used =
        queries.execute(
            login.tenantId(),
            "update mfa_challenge set state = 'used' where tenant_id = $1 and code_hash = $2"
                + " and ((binding_hash is null and state = 'accepted')"
                + "   or (binding_hash = $3 and state = 'pending'))",
            Codes.hash(oobCode),
            bindingHash(oobCode, binding.orElse("")));
    if (used == 0) {
      throw new CodeWrong(
          asked.prompts() ? "Invalid binding_code." : "The user has refused the login.");
    }
    return asked.authenticatorId();
  }

  /** Whether the user has said no, which ends the login. */
  boolean isRefused(PendingLogin login, String oobCode) {
    return require(database, login, oobCode).state().equals("refused");
  }

  /**
   * The user has answered a question elsewhere.
   *
   * @param challenge as the message named it
   * @return false if nothing waits for that answer any more
   */
  boolean answer(String tenantId, String challenge, boolean accepted) {
    byte[] hash;
    try {
      hash = HexFormat.of().parseHex(challenge);
    } catch (IllegalArgumentException e) {
      return false;
    }
    return database.execute(
            tenantId,
            "update mfa_challenge c set state = $3 where tenant_id = $1 and code_hash = $2 and"
                + " binding_hash is null and state = 'pending' and exists (select from mfa_login l"
                + " where l.tenant_id = c.tenant_id and l.token_hash = c.token_hash and"
                + " l.expires_at > $4)",
            hash,
            accepted ? "accepted" : "refused",
            clock.instant().atOffset(ZoneOffset.UTC))
        > 0;
  }

  private static Asked require(Queries queries, PendingLogin login, String oobCode) {
    if (!Codes.isToken(oobCode)) {
      throw new CodeWrong("Invalid oob_code.");
    }
    return queries
        .first(
            login.tenantId(),
            "select authenticator_id, binding_hash, state from mfa_challenge"
                + " where tenant_id = $1 and code_hash = $2 and token_hash = $3",
            Challenges::asked,
            Codes.hash(oobCode),
            login.tokenHash())
        .orElseThrow(() -> new CodeWrong("Invalid oob_code."));
  }

  private static Asked asked(Row row) {
    Buffer binding = row.getBuffer("binding_hash");
    return new Asked(row.getString("authenticator_id"), binding != null, row.getString("state"));
  }

  /** The code alone is too short to be kept by its hash. */
  private static byte[] bindingHash(String oobCode, String binding) {
    return Codes.hash(oobCode + '\n' + binding);
  }
}
