package dev.cambio.gateway.login;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.IntNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.TextNode;
import dev.cambio.gateway.error.OAuthException;
import dev.cambio.model.action.ActionCommand;
import dev.cambio.model.action.ActionCommand.AddScope;
import dev.cambio.model.action.ActionCommand.Deny;
import dev.cambio.model.action.ActionCommand.EnableMultifactor;
import dev.cambio.model.action.ActionCommand.RemoveScope;
import dev.cambio.model.action.ActionCommand.SetAccessTokenClaim;
import dev.cambio.model.action.ActionCommand.SetAppMetadata;
import dev.cambio.model.action.ActionCommand.SetIdTokenClaim;
import dev.cambio.model.action.ActionCommand.SetTransactionMetadata;
import dev.cambio.model.action.ActionCommand.Unsupported;
import dev.cambio.model.action.ActionCommand.ValidationError;
import dev.cambio.model.action.ActionEnding;
import dev.cambio.model.action.ActionError;
import dev.cambio.model.action.ActionResult;
import dev.cambio.model.oauth.Actor;
import dev.cambio.model.oauth.ScopeSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("Outcomes of post-login Actions, contract token-endpoint §3.2, actions-runtime §7")
class LoginStateTest {
  private static final JsonNode NULL = JsonNodeFactory.instance.nullNode();

  private final LoginState state =
      new LoginState(ScopeSet.parse("openid read"), Optional.empty(), Map.of(), OfflineAccess.NONE);

  @Test
  void laterClaimsOverwriteAndNullTakesBack() {
    apply(
        new SetAccessTokenClaim("a", IntNode.valueOf(1)),
        new SetAccessTokenClaim("b", IntNode.valueOf(1)),
        new SetIdTokenClaim("a", IntNode.valueOf(1)));
    apply(new SetAccessTokenClaim("a", IntNode.valueOf(2)), new SetAccessTokenClaim("b", NULL));

    Login login = state.completed();
    assertThat(login.accessTokenClaims()).isEqualTo(Map.of("a", IntNode.valueOf(2)));
    assertThat(login.idTokenClaims()).isEqualTo(Map.of("a", IntNode.valueOf(1)));
  }

  @Test
  void scopesChangeInCallOrder() {
    apply(new AddScope("write"), new RemoveScope("read"), new AddScope("offline_access"));

    assertThat(state.completed().granted()).hasToString("openid write");
  }

  @Test
  void metadataReachesLaterActions() {
    apply(new SetTransactionMetadata("k", TextNode.valueOf("v")));

    assertThat(state.metadata()).containsEntry("k", TextNode.valueOf("v"));
  }

  @Test
  void denyIsForbiddenAndKeepsMetadataChanges() {
    ActionCommand change = new SetAppMetadata("k", IntNode.valueOf(1));

    OAuthException refusal = apply(change, new Deny(null, "not today")).orElseThrow();

    assertThat(refusal.status()).isEqualTo(403);
    assertThat(refusal.error()).isEqualTo("access_denied");
    assertThat(refusal.description()).isEqualTo("not today");
    assertThat(state.userChanges()).containsExactly(change);
  }

  @Test
  void aThrowTellsItsMessageCutTo256Characters() {
    OAuthException refusal = ended(ActionEnding.THREW, "m".repeat(300)).orElseThrow();

    assertThat(refusal.status()).isEqualTo(403);
    assertThat(refusal.error()).isEqualTo("access_denied");
    assertThat(refusal.description()).isEqualTo("m".repeat(256));
  }

  @Test
  void aTimeoutIsForbidden() {
    OAuthException refusal = ended(ActionEnding.TIMED_OUT, "detail").orElseThrow();

    assertThat(refusal.status()).isEqualTo(403);
    assertThat(refusal.description()).isEqualTo("Action execution timed out.");
  }

  @Test
  void anOverloadedRuntimeAsksToTryAgain() {
    assertThat(ended(ActionEnding.OVERLOADED, "").orElseThrow().status()).isEqualTo(503);
  }

  @Test
  void unsupportedMethodsFailAndAreNamed() {
    OAuthException refusal = apply(new Unsupported("api.redirect.sendUserTo")).orElseThrow();

    assertThat(refusal.status()).isEqualTo(400);
    assertThat(refusal.error()).isEqualTo("invalid_request");
    assertThat(refusal.description())
        .isEqualTo("api.redirect.sendUserTo is not supported for custom token exchange");
  }

  @Test
  void validationErrorsKeepTheirCode() {
    OAuthException refusal = apply(new ValidationError("bad_age", "too young")).orElseThrow();

    assertThat(refusal.status()).isEqualTo(400);
    assertThat(refusal.error()).isEqualTo("bad_age");
    assertThat(refusal.description()).isEqualTo("too young");
  }

  @Test
  void multifactorFailsAtTheEndUnlessCancelled() {
    apply(enable("any"));
    assertThat(state.atEnd()).isPresent();
    apply(enable("none"));
    assertThat(state.atEnd()).isEmpty();
  }

  @Test
  @DisplayName("§4.5: MFA with an actor has its own text")
  void multifactorWithActor() {
    LoginState delegated =
        new LoginState(
            ScopeSet.EMPTY, Optional.of(Actor.of("auth0|sam")), Map.of(), OfflineAccess.NONE);
    delegated.apply(result(ActionEnding.RETURNED, null, enable("any")));

    OAuthException refusal = delegated.atEnd().orElseThrow();
    assertThat(refusal.status()).isEqualTo(400);
    assertThat(refusal.description())
        .isEqualTo(
            "MFA is not supported using actor_token with the requested token exchange profile.");
  }

  private static EnableMultifactor enable(String provider) {
    return new EnableMultifactor(provider, JsonNodeFactory.instance.objectNode());
  }

  private Optional<OAuthException> apply(ActionCommand... commands) {
    return state.apply(result(ActionEnding.RETURNED, null, commands));
  }

  private Optional<OAuthException> ended(ActionEnding ending, String message) {
    return state.apply(result(ending, ActionError.of("Error", message)));
  }

  private static ActionResult result(
      ActionEnding ending, @Nullable ActionError error, ActionCommand... commands) {
    return new ActionResult(ending, List.of(commands), error, List.of(), ActionResult.Timings.NONE);
  }
}
