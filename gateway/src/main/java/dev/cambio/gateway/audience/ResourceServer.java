package dev.cambio.gateway.audience;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.LinkedHashSet;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/**
 * An API as the Management API stores it, read for what a token for it needs.
 *
 * @param identifier as stored; what grants refer to
 * @param audience what tokens for it say: the identifier, but the Management API answers to others
 *     too, one for each of the tenant's hosts
 * @param payload the entity without id, identifier and signing secret
 * @param signingSecret for HS256, absent otherwise
 */
public record ResourceServer(
    String identifier, String audience, ObjectNode payload, Optional<byte[]> signingSecret)
    implements Target {
  private static final int DEFAULT_LIFETIME = 86_400;

  /** The same by another of its audiences. */
  ResourceServer by(String other) {
    return new ResourceServer(identifier, other, payload, signingSecret);
  }

  /** {@code access_token}, {@code rfc9068_profile}, or either with {@code _authz}. */
  public String tokenDialect() {
    return payload.path("token_dialect").asText("access_token");
  }

  public String signingAlgorithm() {
    return payload.path("signing_alg").asText("RS256");
  }

  @Override
  public int tokenLifetime() {
    return payload.path("token_lifetime").asInt(DEFAULT_LIFETIME);
  }

  @Override
  public boolean allowsOfflineAccess() {
    return payload.path("allow_offline_access").asBoolean(false);
  }

  public boolean skipsConsent() {
    return payload.path("skip_consent_for_verifiable_first_party_clients").asBoolean(false);
  }

  /** {@code allow_all}, {@code require_client_grant} or {@code deny_all}. */
  public String userPolicy() {
    return payload
        .path("subject_type_authorization")
        .path("user")
        .path("policy")
        .asText("allow_all");
  }

  /** {@code require_client_grant} or {@code deny_all}: whether clients may have own tokens. */
  public String clientPolicy() {
    return payload
        .path("subject_type_authorization")
        .path("client")
        .path("policy")
        .asText("require_client_grant");
  }

  /** Whether scopes are limited to the user's permissions (RBAC). */
  public boolean enforcesPolicies() {
    return payload.path("enforce_policies").asBoolean(false);
  }

  /** Whether tokens tell what the user may do, whatever was asked for. */
  public boolean tellsPermissions() {
    return enforcesPolicies() && tokenDialect().endsWith("_authz");
  }

  @Override
  public boolean takes(Confirmation.Method method) {
    String mechanism = payload.path("proof_of_possession").path("mechanism").asText();
    return mechanism.equals(method.name().toLowerCase(Locale.ROOT));
  }

  @Override
  public boolean requiresProofOfPossession(boolean confidentialClient) {
    JsonNode proof = payload.path("proof_of_possession");
    boolean publicOnly = proof.path("required_for").asText().equals("public_clients");
    // A certificate is shown by whoever authenticates, so of mutual TLS there is no such choice.
    boolean all = !publicOnly || takes(Confirmation.Method.MTLS);
    return proof.path("required").asBoolean(false) && (all || !confidentialClient);
  }

  /** Whether this is the Management API of the tenant. */
  public boolean isSystem() {
    return payload.path("is_system").asBoolean(false);
  }

  /** The scopes that the API defines. */
  public Set<String> scopes() {
    Set<String> scopes = new LinkedHashSet<>();
    payload.path("scopes").forEach(scope -> scopes.add(scope.path("value").asText()));
    return scopes;
  }

  @Override
  public String toString() {
    return "ResourceServer[" + identifier + "]";
  }
}
