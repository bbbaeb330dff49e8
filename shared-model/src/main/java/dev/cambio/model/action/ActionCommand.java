package dev.cambio.model.action;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonSetter;
import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import com.fasterxml.jackson.annotation.Nulls;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.cambio.model.oauth.Actor;
import org.jspecify.annotations.Nullable;

/**
 * One {@code api} call that an Action made, written down and not yet obeyed (contract
 * actions-runtime §6, §7.1). Its JSON form, with {@code type} naming the method, is the same in the
 * guest, on the bus and in test output.
 */
@JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "type")
@JsonSubTypes({
  @JsonSubTypes.Type(name = "access.deny", value = ActionCommand.Deny.class),
  @JsonSubTypes.Type(
      name = "access.rejectInvalidSubjectToken",
      value = ActionCommand.RejectInvalidSubjectToken.class),
  @JsonSubTypes.Type(name = "authentication.setUserById", value = ActionCommand.SetUserById.class),
  @JsonSubTypes.Type(
      name = "authentication.setUserByConnection",
      value = ActionCommand.SetUserByConnection.class),
  @JsonSubTypes.Type(
      name = "authentication.setOrganization",
      value = ActionCommand.SetOrganization.class),
  @JsonSubTypes.Type(name = "authentication.setActor", value = ActionCommand.SetActor.class),
  @JsonSubTypes.Type(
      name = "authentication.setPrimaryUser",
      value = ActionCommand.SetPrimaryUser.class),
  @JsonSubTypes.Type(name = "user.setAppMetadata", value = ActionCommand.SetAppMetadata.class),
  @JsonSubTypes.Type(name = "user.setUserMetadata", value = ActionCommand.SetUserMetadata.class),
  @JsonSubTypes.Type(
      name = "transaction.setMetadata",
      value = ActionCommand.SetTransactionMetadata.class),
  @JsonSubTypes.Type(
      name = "accessToken.setCustomClaim",
      value = ActionCommand.SetAccessTokenClaim.class),
  @JsonSubTypes.Type(name = "idToken.setCustomClaim", value = ActionCommand.SetIdTokenClaim.class),
  @JsonSubTypes.Type(name = "accessToken.addScope", value = ActionCommand.AddScope.class),
  @JsonSubTypes.Type(name = "accessToken.removeScope", value = ActionCommand.RemoveScope.class),
  @JsonSubTypes.Type(name = "validation.error", value = ActionCommand.ValidationError.class),
  @JsonSubTypes.Type(name = "multifactor.enable", value = ActionCommand.EnableMultifactor.class),
  @JsonSubTypes.Type(name = "refreshToken.revoke", value = ActionCommand.RevokeRefreshToken.class),
  @JsonSubTypes.Type(
      name = "refreshToken.setExpiresAt",
      value = ActionCommand.SetRefreshTokenExpiresAt.class),
  @JsonSubTypes.Type(
      name = "refreshToken.setIdleExpiresAt",
      value = ActionCommand.SetRefreshTokenIdleExpiresAt.class),
  @JsonSubTypes.Type(
      name = "refreshToken.setMetadata",
      value = ActionCommand.SetRefreshTokenMetadata.class),
  @JsonSubTypes.Type(
      name = "refreshToken.deleteMetadata",
      value = ActionCommand.DeleteRefreshTokenMetadata.class),
  @JsonSubTypes.Type(
      name = "refreshToken.evictMetadata",
      value = ActionCommand.EvictRefreshTokenMetadata.class),
  @JsonSubTypes.Type(name = "unsupported", value = ActionCommand.Unsupported.class),
})
@JsonInclude(JsonInclude.Include.NON_ABSENT)
public sealed interface ActionCommand {

  /**
   * {@code api.access.deny}.
   *
   * @param code OAuth error code chosen by a custom-token-exchange Action; absent in post-login
   */
  record Deny(@JsonSetter(nulls = Nulls.SET) @Nullable String code, String reason)
      implements ActionCommand {}

  /** Refuses the subject token as forged and charges the caller's IP with one attempt. */
  record RejectInvalidSubjectToken(String reason) implements ActionCommand {}

  record SetUserById(@JsonProperty("user_id") String userId) implements ActionCommand {}

  /**
   * {@code api.authentication.setUserByConnection}.
   *
   * @param attributes the user attributes as given, {@code user_id} included
   */
  record SetUserByConnection(
      String connection,
      ObjectNode attributes,
      @JsonProperty("creation_behavior") CreationBehavior creationBehavior,
      @JsonProperty("update_behavior") UpdateBehavior updateBehavior)
      implements ActionCommand {}

  /** Whether a user that is not found is created. */
  enum CreationBehavior {
    @JsonProperty("none")
    NONE,
    @JsonProperty("create_if_not_exists")
    CREATE_IF_NOT_EXISTS
  }

  /** Whether the profile of a user that is found is replaced. */
  enum UpdateBehavior {
    @JsonProperty("none")
    NONE,
    @JsonProperty("replace")
    REPLACE
  }

  /**
   * {@code api.authentication.setOrganization}.
   *
   * @param organization an {@code org_…} id, or a name where the tenant allows names
   */
  record SetOrganization(String organization) implements ActionCommand {}

  record SetActor(Actor actor) implements ActionCommand {}

  record SetPrimaryUser(@JsonProperty("user_id") String userId) implements ActionCommand {}

  /**
   * {@code api.user.setAppMetadata}.
   *
   * @param value JSON null removes the key
   */
  record SetAppMetadata(String key, @JsonSetter(nulls = Nulls.SET) JsonNode value)
      implements ActionCommand {}

  /**
   * {@code api.user.setUserMetadata}.
   *
   * @param value JSON null removes the key
   */
  record SetUserMetadata(String key, @JsonSetter(nulls = Nulls.SET) JsonNode value)
      implements ActionCommand {}

  /**
   * {@code api.transaction.setMetadata}.
   *
   * @param value string, number, boolean, or JSON null to remove the key
   */
  record SetTransactionMetadata(String key, @JsonSetter(nulls = Nulls.SET) JsonNode value)
      implements ActionCommand {}

  /**
   * {@code api.accessToken.setCustomClaim}.
   *
   * @param value JSON null takes an earlier claim of that name back
   */
  record SetAccessTokenClaim(String name, @JsonSetter(nulls = Nulls.SET) JsonNode value)
      implements ActionCommand {}

  /**
   * {@code api.idToken.setCustomClaim}.
   *
   * @param value JSON null takes an earlier claim of that name back
   */
  record SetIdTokenClaim(String name, @JsonSetter(nulls = Nulls.SET) JsonNode value)
      implements ActionCommand {}

  record AddScope(String scope) implements ActionCommand {}

  record RemoveScope(String scope) implements ActionCommand {}

  record ValidationError(String code, String message) implements ActionCommand {}

  record EnableMultifactor(String provider, ObjectNode options) implements ActionCommand {}

  /** Refuses a refresh token exchange and revokes the token that was presented. */
  record RevokeRefreshToken(String reason) implements ActionCommand {}

  /**
   * {@code api.refreshToken.setExpiresAt}.
   *
   * @param at milliseconds since the epoch
   */
  record SetRefreshTokenExpiresAt(long at) implements ActionCommand {}

  /**
   * {@code api.refreshToken.setIdleExpiresAt}.
   *
   * @param at milliseconds since the epoch
   */
  record SetRefreshTokenIdleExpiresAt(long at) implements ActionCommand {}

  record SetRefreshTokenMetadata(String key, @JsonSetter(nulls = Nulls.SET) JsonNode value)
      implements ActionCommand {}

  record DeleteRefreshTokenMetadata(String key) implements ActionCommand {}

  record EvictRefreshTokenMetadata() implements ActionCommand {}

  /**
   * A method that exists but cannot work in this transaction, and fails it.
   *
   * @param method the method's full name, e.g. {@code api.redirect.sendUserTo}
   */
  record Unsupported(String method) implements ActionCommand {}
}
