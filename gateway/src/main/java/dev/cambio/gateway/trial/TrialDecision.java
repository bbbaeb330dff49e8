package dev.cambio.gateway.trial;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.cambio.gateway.error.OAuthException;
import dev.cambio.gateway.exchange.ExchangeDecision;
import dev.cambio.gateway.login.LoginDecision;
import dev.cambio.gateway.user.MetadataChanges;
import dev.cambio.model.action.ActionCommand;
import dev.cambio.model.action.ActionEnding;
import dev.cambio.model.action.ActionResult;
import dev.cambio.model.action.Trigger;
import dev.cambio.model.bus.Json;
import java.util.Locale;
import java.util.Set;

/**
 * What the gateway would make of a run, as far as that needs no database: whether the user exists,
 * say, is not known here.
 *
 * @param json the decision for readers; {@code outcome} is among its members
 */
public record TrialDecision(Outcome outcome, ObjectNode json) {
  private static final Set<ActionEnding> OF_ITS_OWN =
      Set.of(ActionEnding.RETURNED, ActionEnding.THREW);

  /** How it comes out. */
  public enum Outcome {
    /** The request goes on. */
    ACCEPT,
    /** The Action refuses it. */
    DENY,
    /** The Action fails, or asks for what cannot be done. */
    FAIL
  }

  static TrialDecision of(TriedAction action, TrialEvent event, ActionResult result) {
    return action.trigger() == Trigger.CUSTOM_TOKEN_EXCHANGE
        ? exchange(result)
        : login(event, result);
  }

  private static TrialDecision exchange(ActionResult result) {
    return switch (ExchangeDecision.from(result)) {
      case ExchangeDecision.Refused refused -> {
        TrialDecision decision = refused(result, refused.refusal());
        decision.json().put("rejects_subject_token", refused.rejectsSubjectToken());
        yield decision;
      }
      case ExchangeDecision.Accepted accepted -> {
        ObjectNode json = JsonNodeFactory.instance.objectNode();
        json.set("user", Json.tree(accepted.user()));
        accepted.actor().ifPresent(actor -> json.set("actor", Json.tree(actor)));
        accepted.organization().ifPresent(organization -> json.put("organization", organization));
        addMetadata(json, accepted.metadata());
        addUnlessEmpty(json, "transaction_metadata", Json.tree(accepted.transactionMetadata()));
        yield accepted(json);
      }
    };
  }

  private static TrialDecision login(TrialEvent event, ActionResult result) {
    LoginDecision decision =
        LoginDecision.of(
            result, event.user(), event.actor(), event.inOrganization(), event.metadata());
    return switch (decision) {
      case LoginDecision.Refused(OAuthException refusal) -> refused(result, refusal);
      case LoginDecision.Completed completed -> {
        ObjectNode json = JsonNodeFactory.instance.objectNode();
        json.put("scope", completed.login().scopes().appliedTo(event.requestedScopes()).toString());
        if (completed.login().multifactor()) {
          json.put("multifactor_required", true);
        }
        addUnlessEmpty(
            json, "access_token_claims", Json.tree(completed.login().accessTokenClaims()));
        addUnlessEmpty(json, "id_token_claims", Json.tree(completed.login().idTokenClaims()));
        addMetadata(json, completed.metadata());
        yield accepted(json);
      }
    };
  }

  private static TrialDecision accepted(ObjectNode members) {
    return decision(Outcome.ACCEPT, members);
  }

  private static TrialDecision refused(ActionResult result, OAuthException refusal) {
    ObjectNode json =
        JsonNodeFactory.instance
            .objectNode()
            .put("status", refusal.status())
            .put("error", refusal.error())
            .put("error_description", refusal.description());
    if (!refusal.detail().equals(refusal.description())) {
      json.put("detail", refusal.detail());
    }
    return decision(denies(result) ? Outcome.DENY : Outcome.FAIL, json);
  }

  /** A denial stands even if the code throws after it. */
  private static boolean denies(ActionResult result) {
    return OF_ITS_OWN.contains(result.ending())
        && result.commands().stream()
            .anyMatch(
                command ->
                    command instanceof ActionCommand.Deny
                        || command instanceof ActionCommand.RejectInvalidSubjectToken
                        || command instanceof ActionCommand.ValidationError);
  }

  private static TrialDecision decision(Outcome outcome, ObjectNode members) {
    ObjectNode json =
        JsonNodeFactory.instance
            .objectNode()
            .put("outcome", outcome.name().toLowerCase(Locale.ROOT));
    json.setAll(members);
    return new TrialDecision(outcome, json);
  }

  private static void addMetadata(ObjectNode json, MetadataChanges changes) {
    addUnlessEmpty(json, "user_metadata", changes.user());
    addUnlessEmpty(json, "app_metadata", changes.app());
  }

  private static void addUnlessEmpty(ObjectNode json, String name, JsonNode value) {
    if (!value.isEmpty()) {
      json.set(name, value);
    }
  }
}
