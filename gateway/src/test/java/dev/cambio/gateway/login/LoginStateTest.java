package dev.cambio.gateway.login;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.IntNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.TextNode;
import dev.cambio.gateway.error.OAuthException;
import dev.cambio.gateway.user.User;
import dev.cambio.model.action.ActionCommand;
import dev.cambio.model.action.ActionCommand.AddScope;
import dev.cambio.model.action.ActionCommand.Deny;
import dev.cambio.model.action.ActionCommand.EnableMultifactor;
import dev.cambio.model.action.ActionCommand.RemoveScope;
import dev.cambio.model.action.ActionCommand.SetAccessTokenClaim;
import dev.cambio.model.action.ActionCommand.SetAppMetadata;
import dev.cambio.model.action.ActionCommand.SetIdTokenClaim;
import dev.cambio.model.action.ActionCommand.SetPrimaryUser;
import dev.cambio.model.action.ActionCommand.SetTransactionMetadata;
import dev.cambio.model.action.ActionCommand.SetUserMetadata;
import dev.cambio.model.action.ActionCommand.Unsupported;
import dev.cambio.model.action.ActionCommand.ValidationError;
import dev.cambio.model.action.ActionEnding;
import dev.cambio.model.action.ActionError;
import dev.cambio.model.action.ActionResult;
import dev.cambio.model.oauth.Actor;
import dev.cambio.model.oauth.ScopeSet;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("Outcomes of post-login Actions, contract token-endpoint §3.2, actions-runtime §7")
class LoginStateTest {
  private static final JsonNode NULL = JsonNodeFactory.instance.nullNode();

  private final LoginState state = state(Optional.empty(), false, false);

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

    assertThat(state.completed().scopes().appliedTo(ScopeSet.parse("openid read")))
        .hasToString("openid write");
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
  void multifactorIsDecidedAtTheEnd() {
    apply(enable("any"));
    assertThat(state.completed().multifactor()).isTrue();
    apply(enable("none"));
    assertThat(state.completed().multifactor()).isFalse();
    assertThat(state.atEnd()).isEmpty();
  }

  @Test
  void noActionTalksTheTenantOutOfMultifactor() {
    LoginState demanded = state(Optional.empty(), false, true);
    demanded.apply(result(ActionEnding.RETURNED, null, enable("none")));

    assertThat(demanded.completed().multifactor()).isTrue();
  }

  @Test
  @DisplayName("§4.5, §6: MFA with an actor or an organization has its own text")
  void multifactorThatNobodyCanProve() {
    LoginState delegated = state(Optional.of(Actor.of("auth0|sam")), true, false);
    delegated.apply(result(ActionEnding.RETURNED, null, enable("any")));
    LoginState member = state(Optional.empty(), true, true);

    OAuthException refusal = delegated.atEnd().orElseThrow();
    assertThat(refusal.status()).isEqualTo(400);
    assertThat(refusal.description())
        .isEqualTo(
            "MFA is not supported using actor_token with the requested token exchange profile.");
    assertThat(member.atEnd().orElseThrow().description())
        .isEqualTo("MFA is not supported for organizations in a custom token exchange.");
  }

  @Test
  void thePrimaryUserIsSetOnceAndTakesNoUserMetadataOfItsAction() {
    ActionCommand earlier = new SetUserMetadata("early", IntNode.valueOf(1));
    ActionCommand app = new SetAppMetadata("app", IntNode.valueOf(2));
    apply(earlier);
    apply(new SetUserMetadata("same", IntNode.valueOf(2)), new SetPrimaryUser("auth0|2"), app);

    assertThat(state.takePrimaryUser()).contains("auth0|2");
    assertThat(state.takePrimaryUser()).isEmpty();
    assertThat(state.userChanges()).containsExactly(earlier, app);
    assertThat(apply(new SetPrimaryUser("auth0|3")).orElseThrow().description())
        .isEqualTo("api.authentication.setPrimaryUser may be called only once in a transaction");
  }

  private static LoginState state(Optional<Actor> actor, boolean inOrganization, boolean demanded) {
    JsonNodeFactory json = JsonNodeFactory.instance;
    User user =
        new User(
            "auth0|1",
            json.objectNode(),
            json.objectNode(),
            json.objectNode(),
            json.arrayNode(),
            false,
            1,
            Instant.EPOCH,
            Instant.EPOCH,
            List.of());
    return new LoginState(user, actor, inOrganization, demanded, Map.of(), OfflineAccess.NONE);
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
