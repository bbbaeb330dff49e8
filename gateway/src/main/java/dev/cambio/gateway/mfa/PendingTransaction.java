package dev.cambio.gateway.mfa;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.cambio.gateway.audience.Confirmation;
import dev.cambio.gateway.refresh.RefreshTerms;
import dev.cambio.gateway.refresh.RefreshTokenChanges;
import dev.cambio.gateway.store.Payload;
import dev.cambio.gateway.token.TokenGrant;
import dev.cambio.model.bus.Json;
import dev.cambio.model.oauth.ScopeSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * What a login that waits will issue: the part of a {@link TokenGrant} that was decided by then and
 * cannot be found out again.
 *
 * @param connection name of the one that the user came by
 * @param subjectTokenType of the exchange, for the log
 * @param refreshToken what Actions want of it; absent where none may come of the login
 */
record PendingTransaction(
    String issuer,
    String connection,
    String ip,
    String audience,
    ScopeSet requested,
    ScopeSet granted,
    Optional<Set<String>> permissions,
    Optional<String> issuedTokenType,
    Optional<String> grantType,
    Optional<Confirmation> confirmation,
    Map<String, JsonNode> accessTokenClaims,
    Map<String, JsonNode> idTokenClaims,
    String subjectTokenType,
    Optional<RefreshTokenChanges> refreshToken) {

  static PendingTransaction of(TokenGrant grant, String subjectTokenType) {
    if (grant.actor().isPresent() || grant.organization().isPresent()) {
      throw new IllegalArgumentException("no second factor for actors and organizations");
    }
    return new PendingTransaction(
        grant.issuer(),
        grant.connection().orElseThrow(),
        grant.ip(),
        grant.target().audience(),
        grant.requested(),
        grant.granted(),
        grant.permissions(),
        grant.issuedTokenType(),
        grant.grantType(),
        grant.confirmation(),
        grant.accessTokenClaims(),
        grant.idTokenClaims(),
        subjectTokenType,
        grant.refresh() instanceof RefreshTerms.First first
            ? Optional.of(first.changes())
            : Optional.empty());
  }

  ObjectNode toJson() {
    ObjectNode json =
        JsonNodeFactory.instance
            .objectNode()
            .put("issuer", issuer)
            .put("connection", connection)
            .put("ip", ip)
            .put("audience", audience)
            .put("requested", requested.toString())
            .put("granted", granted.toString())
            .put("subject_token_type", subjectTokenType);
    permissions.ifPresent(held -> held.forEach(json.putArray("permissions")::add));
    issuedTokenType.ifPresent(type -> json.put("issued_token_type", type));
    grantType.ifPresent(type -> json.put("grant_type", type));
    confirmation.ifPresent(
        to ->
            json.putObject("confirmation")
                .put("method", to.method().name())
                .put("thumbprint", to.thumbprint()));
    json.putObject("access_token_claims").setAll(accessTokenClaims);
    json.putObject("id_token_claims").setAll(idTokenClaims);
    refreshToken.ifPresent(changes -> json.put("refresh_token", Json.write(changes)));
    return json;
  }

  /** Reads what {@link #toJson} has written. */
  static PendingTransaction from(ObjectNode json) throws JsonProcessingException {
    return new PendingTransaction(
        json.path("issuer").asText(),
        json.path("connection").asText(),
        json.path("ip").asText(),
        json.path("audience").asText(),
        scopes(json, "requested"),
        scopes(json, "granted"),
        json.has("permissions")
            ? Optional.of(Payload.strings(json, "permissions"))
            : Optional.empty(),
        Optional.ofNullable(json.path("issued_token_type").textValue()),
        Optional.ofNullable(json.path("grant_type").textValue()),
        json.has("confirmation") ? Optional.of(confirmation(json)) : Optional.empty(),
        claims(json, "access_token_claims"),
        claims(json, "id_token_claims"),
        json.path("subject_token_type").asText(),
        json.has("refresh_token")
            ? Optional.of(Json.read(json.path("refresh_token").asText(), RefreshTokenChanges.class))
            : Optional.empty());
  }

  private static ScopeSet scopes(ObjectNode json, String member) {
    return ScopeSet.parse(json.path(member).asText());
  }

  private static Confirmation confirmation(ObjectNode json) {
    return new Confirmation(
        Confirmation.Method.valueOf(json.at("/confirmation/method").asText()),
        json.at("/confirmation/thumbprint").asText());
  }

  private static Map<String, JsonNode> claims(ObjectNode json, String member) {
    Map<String, JsonNode> claims = new LinkedHashMap<>();
    json.path(member).properties().forEach(claim -> claims.put(claim.getKey(), claim.getValue()));
    return claims;
  }
}
