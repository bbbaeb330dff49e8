package dev.cambio.gateway.exchange;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.TextNode;
import dev.cambio.gateway.error.OAuthException;
import dev.cambio.gateway.exchange.ExchangeDecision.Accepted;
import dev.cambio.gateway.exchange.ExchangeDecision.Refused;
import dev.cambio.model.action.ActionCommand;
import dev.cambio.model.action.ActionCommand.CreationBehavior;
import dev.cambio.model.action.ActionCommand.Deny;
import dev.cambio.model.action.ActionCommand.RejectInvalidSubjectToken;
import dev.cambio.model.action.ActionCommand.SetActor;
import dev.cambio.model.action.ActionCommand.SetAppMetadata;
import dev.cambio.model.action.ActionCommand.SetOrganization;
import dev.cambio.model.action.ActionCommand.SetTransactionMetadata;
import dev.cambio.model.action.ActionCommand.SetUserByConnection;
import dev.cambio.model.action.ActionCommand.SetUserById;
import dev.cambio.model.action.ActionCommand.UpdateBehavior;
import dev.cambio.model.action.ActionEnding;
import dev.cambio.model.action.ActionError;
import dev.cambio.model.action.ActionResult;
import dev.cambio.model.oauth.Actor;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

@DisplayName("Outcomes of a custom-token-exchange Action, contract token-endpoint §3.1")
class ExchangeDecisionTest {
  private static final ActionCommand JANE = new SetUserById("auth0|jane");
  private static final ActionCommand BY_CONNECTION =
      new SetUserByConnection(
          "acme-idp",
          JsonNodeFactory.instance.objectNode().put("user_id", "7"),
          CreationBehavior.NONE,
          UpdateBehavior.NONE);

  @Nested
  class Denials {
    @ParameterizedTest
    @CsvSource({
      "invalid_request, 400, invalid_request",
      "server_error, 500, server_error",
      "Acme_Code, 400, Acme_Code",
      "'', 400, invalid_request"
    })
    void keepTheActionsCode(String code, int status, String error) {
      OAuthException refusal = refusal(returned(new Deny(code, "reason")));

      assertThat(refusal.status()).isEqualTo(status);
      assertThat(refusal.error()).isEqualTo(error);
      assertThat(refusal.description()).isEqualTo("reason");
    }

    @Test
    void winOverAUserSetBeforeOrAfter() {
      assertThat(refusal(returned(JANE, new Deny("c", "first"))).description()).isEqualTo("first");
      assertThat(refusal(returned(new Deny("c", "first"), JANE)).description()).isEqualTo("first");
    }

    @Test
    void theFirstOneCounts() {
      assertThat(refusal(returned(new Deny("a", "first"), new Deny("b", "second"))).description())
          .isEqualTo("first");
    }

    @Test
    void surviveALaterThrow() {
      assertThat(refusal(ended(ActionEnding.THREW, new Deny("c", "denied"))).error())
          .isEqualTo("c");
    }

    @ParameterizedTest
    @EnumSource(
        value = ActionEnding.class,
        names = {"TIMED_OUT", "OUT_OF_MEMORY", "CRASHED"})
    void doNotSurviveASandboxKill(ActionEnding ending) {
      assertThat(refusal(ended(ending, new Deny("c", "denied"))).error()).isEqualTo("server_error");
    }
  }

  @Nested
  class Rejections {
    @Test
    void areInvalidRequestsAndChargeAnAttempt() {
      ExchangeDecision decision =
          ExchangeDecision.from(returned(new RejectInvalidSubjectToken("forged")));

      assertThat(decision.rejectsSubjectToken()).isTrue();
      OAuthException refusal = ((Refused) decision).refusal();
      assertThat(refusal.status()).isEqualTo(400);
      assertThat(refusal.error()).isEqualTo("invalid_request");
      assertThat(refusal.description()).isEqualTo("forged");
    }

    @Test
    void chargeEvenAfterADeny() {
      ExchangeDecision decision =
          ExchangeDecision.from(
              returned(new Deny("c", "denied"), new RejectInvalidSubjectToken("forged")));

      assertThat(decision.rejectsSubjectToken()).isTrue();
      assertThat(((Refused) decision).refusal().description()).isEqualTo("denied");
    }

    @Test
    void chargeEvenWhenTheRunWasKilled() {
      assertThat(
              ExchangeDecision.from(
                      ended(ActionEnding.TIMED_OUT, new RejectInvalidSubjectToken("forged")))
                  .rejectsSubjectToken())
          .isTrue();
    }

    @Test
    void nothingElseCharges() {
      assertThat(ExchangeDecision.from(returned(new Deny("c", "r"))).rejectsSubjectToken())
          .isFalse();
      assertThat(ExchangeDecision.from(ended(ActionEnding.THREW)).rejectsSubjectToken()).isFalse();
    }
  }

  @Nested
  class Failures {
    @ParameterizedTest
    @EnumSource(
        value = ActionEnding.class,
        names = {"THREW", "TIMED_OUT", "OUT_OF_MEMORY", "CRASHED"})
    void areServerErrorsThatTellTheCallerNothing(ActionEnding ending) {
      OAuthException refusal = refusal(ended(ending, JANE));

      assertThat(refusal.status()).isEqualTo(500);
      assertThat(refusal.error()).isEqualTo("server_error");
      assertThat(refusal.description()).doesNotContain("secret detail");
      assertThat(refusal.detail()).contains("secret detail");
    }

    @Test
    void anOverloadedRuntimeAsksToTryAgain() {
      OAuthException refusal = refusal(ended(ActionEnding.OVERLOADED));

      assertThat(refusal.status()).isEqualTo(503);
      assertThat(refusal.headers()).containsEntry("Retry-After", "1");
    }

    @Test
    void noUser() {
      OAuthException refusal = refusal(returned(new SetActor(Actor.of("a"))));

      assertThat(refusal.status()).isEqualTo(500);
      assertThat(refusal.description())
          .isEqualTo("Custom Token Exchange action did not set a user");
    }

    @Test
    void bothWaysToSetAUser() {
      assertThat(refusal(returned(JANE, BY_CONNECTION)).status()).isEqualTo(500);
    }

    @Test
    void tooMuchMetadata() {
      ActionCommand large = new SetAppMetadata("k", TextNode.valueOf("x".repeat(33 * 1024)));

      assertThat(refusal(returned(JANE, large)).status()).isEqualTo(500);
    }
  }

  @Test
  void acceptsAUserWithTheLastOfEverything() {
    Accepted accepted =
        ExchangeDecision.from(
                returned(
                    new SetUserById("auth0|first"),
                    new SetActor(Actor.of("first")),
                    new SetOrganization("org_1"),
                    new SetTransactionMetadata("a", TextNode.valueOf("1")),
                    new SetTransactionMetadata("b", TextNode.valueOf("2")),
                    new SetTransactionMetadata("a", JsonNodeFactory.instance.nullNode()),
                    JANE,
                    new SetActor(Actor.of("last"))))
            .orThrow();

    assertThat(accepted.user()).isEqualTo(JANE);
    assertThat(accepted.actor()).contains(Actor.of("last"));
    assertThat(accepted.organization()).contains("org_1");
    assertThat(accepted.transactionMetadata()).containsOnlyKeys("b");
  }

  private static OAuthException refusal(ActionResult result) {
    return ((Refused) ExchangeDecision.from(result)).refusal();
  }

  private static ActionResult returned(ActionCommand... commands) {
    return new ActionResult(
        ActionEnding.RETURNED, List.of(commands), null, List.of(), ActionResult.Timings.NONE);
  }

  private static ActionResult ended(ActionEnding ending, ActionCommand... commands) {
    return new ActionResult(
        ending,
        List.of(commands),
        ActionError.of("Error", "secret detail"),
        List.of(),
        ActionResult.Timings.NONE);
  }
}
