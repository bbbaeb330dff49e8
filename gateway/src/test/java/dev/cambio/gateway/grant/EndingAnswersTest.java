package dev.cambio.gateway.grant;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.TextNode;
import dev.cambio.gateway.error.OAuthException;
import dev.cambio.gateway.exchange.ExchangeDecision;
import dev.cambio.gateway.login.LoginDecision;
import dev.cambio.gateway.user.User;
import dev.cambio.model.action.ActionCommand;
import dev.cambio.model.action.ActionCommand.Deny;
import dev.cambio.model.action.ActionCommand.RejectInvalidSubjectToken;
import dev.cambio.model.action.ActionCommand.SetAccessTokenClaim;
import dev.cambio.model.action.ActionCommand.SetUserById;
import dev.cambio.model.action.ActionEnding;
import dev.cambio.model.action.ActionError;
import dev.cambio.model.action.ActionResult;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

@DisplayName(
    "additions C13: whose fault the end of a run is decides the answer, at every trigger"
        + " (contract token-endpoint §3.1, §3.2)")
class EndingAnswersTest {
  private static final String SERVED = "200";
  private static final User JANE =
      new User(
          "auth0|jane",
          JsonNodeFactory.instance.objectNode(),
          JsonNodeFactory.instance.objectNode(),
          JsonNodeFactory.instance.objectNode(),
          JsonNodeFactory.instance.arrayNode(),
          false,
          1,
          Instant.EPOCH,
          Instant.EPOCH,
          List.of());

  @ParameterizedTest
  @CsvSource({
    "RETURNED,         200,                         200,               200",
    "THREW,            500 server_error,            403 access_denied, 500 server_error",
    "TIMED_OUT,        500 server_error,            403 access_denied, 500 server_error",
    "OUT_OF_MEMORY,    500 server_error,            403 access_denied, 500 server_error",
    "LIMIT_EXCEEDED,   500 server_error,            403 access_denied, 500 server_error",
    "CRASHED,          500 server_error,            403 access_denied, 500 server_error",
    "REFUSED,          500 server_error,            403 access_denied, 500 server_error",
    "LOST,             503 temporarily_unavailable, 503 temporarily_unavailable,"
        + " 503 temporarily_unavailable",
    "STARVED,          503 temporarily_unavailable, 503 temporarily_unavailable,"
        + " 503 temporarily_unavailable",
    "OVERLOADED,       503 temporarily_unavailable, 503 temporarily_unavailable,"
        + " 503 temporarily_unavailable",
    "UNAVAILABLE,      503 temporarily_unavailable, 503 temporarily_unavailable,"
        + " 503 temporarily_unavailable",
    "CODE_UNAVAILABLE, 503 temporarily_unavailable, 503 temporarily_unavailable,"
        + " 503 temporarily_unavailable",
  })
  void answers(ActionEnding ending, String exchange, String login, String credentials) {
    assertThat(exchange(ended(ending, new SetUserById("auth0|jane")))).isEqualTo(exchange);
    assertThat(login(ended(ending))).isEqualTo(login);
    assertThat(credentials(ended(ending))).isEqualTo(credentials);
  }

  @Test
  void theTableHasEveryEnding() throws NoSuchMethodException {
    CsvSource table =
        EndingAnswersTest.class
            .getDeclaredMethod(
                "answers", ActionEnding.class, String.class, String.class, String.class)
            .getAnnotation(CsvSource.class);
    assertThat(List.of(table.value()))
        .extracting(row -> ActionEnding.valueOf(row.substring(0, row.indexOf(','))))
        .containsExactlyInAnyOrder(ActionEnding.values());
  }

  @ParameterizedTest
  @EnumSource(ActionEnding.class)
  @DisplayName("what the Action had asked for before the platform failed it does not count")
  void commands(ActionEnding ending) {
    if (!ending.platformFault()) {
      return;
    }
    ExchangeDecision rejected =
        ExchangeDecision.from(ended(ending, new RejectInvalidSubjectToken("forged")));
    assertThat(rejected.rejectsSubjectToken()).isFalse();
    assertThat(exchange(ended(ending, new RejectInvalidSubjectToken("forged")))).startsWith("503");
    assertThat(exchange(ended(ending, new Deny("c", "no")))).startsWith("503");
    assertThat(login(ended(ending, new Deny(null, "no")))).startsWith("503");
    assertThat(credentials(ended(ending, new Deny("c", "no")))).startsWith("503");
    assertThat(credentials(ended(ending, new SetAccessTokenClaim("a", TextNode.valueOf("b")))))
        .startsWith("503");
  }

  private static String exchange(ActionResult result) {
    return switch (ExchangeDecision.from(result)) {
      case ExchangeDecision.Accepted _ -> SERVED;
      case ExchangeDecision.Refused refused -> told(refused.refusal());
    };
  }

  private static String login(ActionResult result) {
    return switch (LoginDecision.of(result, JANE, Optional.empty(), false, Map.of())) {
      case LoginDecision.Completed _ -> SERVED;
      case LoginDecision.Refused(OAuthException refusal) -> told(refusal);
    };
  }

  private static String credentials(ActionResult result) {
    Map<String, JsonNode> claims = new HashMap<>();
    OAuthException refusal =
        catchThrowableOfType(OAuthException.class, () -> CredentialsExchange.apply(result, claims));
    if (refusal != null) {
      assertThat(claims).isEmpty();
    }
    return refusal == null ? SERVED : told(refusal);
  }

  /** The answer; one that asks to try again says when. */
  private static String told(OAuthException refusal) {
    assertThat(refusal.headers().containsKey("Retry-After")).isEqualTo(refusal.status() == 503);
    assertThat(refusal.description()).doesNotContain("of the node");
    return refusal.status() + " " + refusal.error();
  }

  private static ActionResult ended(ActionEnding ending, ActionCommand... commands) {
    return new ActionResult(
        ending,
        List.of(commands),
        ending == ActionEnding.RETURNED ? null : ActionError.of("Error", "x"),
        List.of(),
        ActionResult.Timings.NONE);
  }
}
