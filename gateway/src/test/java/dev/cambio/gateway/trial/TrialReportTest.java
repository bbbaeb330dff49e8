package dev.cambio.gateway.trial;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.BooleanNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.TextNode;
import dev.cambio.gateway.trial.TrialDecision.Outcome;
import dev.cambio.model.action.ActionCommand;
import dev.cambio.model.action.ActionEnding;
import dev.cambio.model.action.ActionError;
import dev.cambio.model.action.ActionResult;
import dev.cambio.model.action.Trigger;
import dev.cambio.model.bus.Json;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class TrialReportTest {
  private static final TrialEvent EVENT =
      event(
          """
          {"transaction":{"subject_token":"a-token-of-some-length-1234","requested_scopes":["openid"],
           "metadata":{"k":1}}}
          """);

  private static TrialEvent event(String json) {
    try {
      return TrialEvent.of(Json.parse(json));
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
  }

  private static TrialReport report(
      Trigger trigger, ActionEnding ending, ActionCommand... commands) {
    return report(EVENT, trigger, ending, commands);
  }

  private static TrialReport report(
      TrialEvent event, Trigger trigger, ActionEnding ending, ActionCommand... commands) {
    ActionError error = ending == ActionEnding.RETURNED ? null : ActionError.of("Error", "broken");
    return TrialReport.of(
        new TriedAction("id", "action", trigger, "", Map.of("KEY", "secret-of-acme", "S", "short")),
        event,
        new ActionResult(
            ending, List.of(commands), error, List.of(), new ActionResult.Timings(0, 2500, 1500)));
  }

  private static JsonNode decision(TrialReport report) {
    return report.json().path("decision");
  }

  @Test
  void anAcceptedExchangeNamesUserActorAndOrganization() {
    TrialReport report =
        report(
            Trigger.CUSTOM_TOKEN_EXCHANGE,
            ActionEnding.RETURNED,
            new ActionCommand.SetUserById("auth0|jane"),
            new ActionCommand.SetOrganization("org_1"),
            new ActionCommand.SetAppMetadata("plan", TextNode.valueOf("gold")),
            new ActionCommand.SetActor(dev.cambio.model.oauth.Actor.of("agent")));

    assertThat(report.outcome()).isEqualTo(Outcome.ACCEPT);
    assertThat(decision(report).toString())
        .isEqualTo(
            "{\"outcome\":\"accept\",\"user\":{\"type\":\"authentication.setUserById\","
                + "\"user_id\":\"auth0|jane\"},\"actor\":{\"sub\":\"agent\"},"
                + "\"organization\":\"org_1\",\"app_metadata\":{\"plan\":\"gold\"}}");
  }

  @Test
  void aDenialIsToldWithItsStatusAlsoAfterAThrow() {
    TrialReport report =
        report(
            Trigger.CUSTOM_TOKEN_EXCHANGE,
            ActionEnding.THREW,
            new ActionCommand.RejectInvalidSubjectToken("forged"));

    assertThat(report.outcome()).isEqualTo(Outcome.DENY);
    assertThat(decision(report).toString())
        .isEqualTo(
            "{\"outcome\":\"deny\",\"status\":400,\"error\":\"invalid_request\","
                + "\"error_description\":\"forged\",\"rejects_subject_token\":true}");
    assertThat(report.text()).contains("counts as an attempt of the caller's address");
  }

  @Test
  void anExchangeWithoutAUserFailsWithTheTextOfTheGateway() {
    TrialReport report = report(Trigger.CUSTOM_TOKEN_EXCHANGE, ActionEnding.RETURNED);

    assertThat(report.outcome()).isEqualTo(Outcome.FAIL);
    assertThat(decision(report).path("error_description").asText())
        .isEqualTo("Custom Token Exchange action did not set a user");
  }

  @Test
  void aTimeoutFailsEvenAfterADenial() {
    TrialReport report =
        report(
            Trigger.CUSTOM_TOKEN_EXCHANGE,
            ActionEnding.TIMED_OUT,
            new ActionCommand.Deny("x", "no"));

    assertThat(report.outcome()).isEqualTo(Outcome.FAIL);
    assertThat(decision(report).path("status").asInt()).isEqualTo(500);
    assertThat(report.text()).contains("fails: 500 server_error: ");
  }

  @Test
  void aLoginTellsScopesAndClaims() {
    TrialReport report =
        report(
            Trigger.POST_LOGIN,
            ActionEnding.RETURNED,
            new ActionCommand.AddScope("read:orders"),
            new ActionCommand.SetIdTokenClaim("https://a.example/vip", BooleanNode.TRUE));

    assertThat(decision(report).toString())
        .isEqualTo(
            "{\"outcome\":\"accept\",\"scope\":\"openid read:orders\","
                + "\"id_token_claims\":{\"https://a.example/vip\":true}}");
  }

  @Test
  void aLoginThatWantsASecondFactorFailsIfSomebodyActs() {
    ActionCommand enable =
        new ActionCommand.EnableMultifactor("any", JsonNodeFactory.instance.objectNode());
    TrialEvent acting = event("{\"transaction\":{\"actor\":{\"sub\":\"agent\"}}}");

    assertThat(decision(report(Trigger.POST_LOGIN, ActionEnding.RETURNED, enable)).toString())
        .isEqualTo("{\"outcome\":\"accept\",\"scope\":\"openid\",\"multifactor_required\":true}");
    assertThat(
            decision(report(acting, Trigger.POST_LOGIN, ActionEnding.RETURNED, enable))
                .path("error_description")
                .asText())
        .startsWith("MFA is not supported using actor_token");
  }

  @Test
  void secretsAndTokensAreMaskedWhereverTheyAppear() {
    TrialReport report =
        report(
            Trigger.CUSTOM_TOKEN_EXCHANGE,
            ActionEnding.RETURNED,
            new ActionCommand.SetUserMetadata(
                "secret-of-acme", TextNode.valueOf("x secret-of-acme")),
            new ActionCommand.SetUserMetadata("s", TextNode.valueOf("short")),
            new ActionCommand.SetUserById("a-token-of-some-length-1234"));

    assertThat(report.json().toString() + report.text())
        .contains("[redacted]", "short")
        .doesNotContain("secret-of-acme", "a-token-of-some-length-1234");
  }
}
