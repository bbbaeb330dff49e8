package dev.cambio.gateway.client;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.cambio.gateway.error.OAuthException.ClientNotAllowed;
import dev.cambio.gateway.store.Payload;
import java.util.List;
import java.util.Optional;

/**
 * An OAuth client as the Management API stores it, read for what the token endpoint asks.
 *
 * @param payload the entity without id and secret
 * @param secret absent for a client that has none
 * @param keys that it signs assertions with; empty for a client that does not
 * @param certificates that it comes with by mutual TLS; likewise
 */
public record Client(
    String clientId,
    String name,
    ObjectNode payload,
    Optional<ClientSecret> secret,
    List<ClientKey> keys,
    List<ClientCertificate.Rule> certificates) {
  private static final int DEFAULT_ID_TOKEN_LIFETIME = 36_000;

  /** Whether the client authenticates at all; otherwise it is public. */
  public boolean isConfidential() {
    return usesSecret() || usesKeyAuthentication();
  }

  /** Whether it authenticates with its secret. */
  boolean usesSecret() {
    return !usesKeyAuthentication()
        && !payload.path("token_endpoint_auth_method").asText("none").equals("none");
  }

  /** Whether it authenticates with key or certificate instead of a secret. */
  private boolean usesKeyAuthentication() {
    return payload.path("client_authentication_methods").size() > 0;
  }

  /** {@code client_metadata}, a map of strings. */
  public ObjectNode metadata() {
    return Payload.member(payload, "client_metadata");
  }

  /** Whether {@code auth0-forwarded-for} of this client is believed (contract §1.3). */
  public boolean trustsForwardedIp() {
    return payload.path("is_token_endpoint_ip_header_trusted").asBoolean(false);
  }

  public boolean requiresProofOfPossession() {
    return payload.path("require_proof_of_possession").asBoolean(false);
  }

  /** {@code deny}, {@code allow} or {@code require}. */
  public String organizationUsage() {
    return payload.path("organization_usage").asText("deny");
  }

  /** The organization that the client's own tokens are for where one must be named and is not. */
  public Optional<String> defaultOrganization() {
    return Optional.ofNullable(
        payload.path("default_organization").path("organization_id").textValue());
  }

  /** Algorithm of this client's ID tokens; without a secret it is never one that needs one. */
  public String idTokenAlgorithm() {
    String configured = payload.path("jwt_configuration").path("alg").asText("HS256");
    return configured.startsWith("HS") && secret.isEmpty() ? "RS256" : configured;
  }

  /** Lifetime of this client's ID tokens, in seconds. */
  public int idTokenLifetime() {
    return payload
        .path("jwt_configuration")
        .path("lifetime_in_seconds")
        .asInt(DEFAULT_ID_TOKEN_LIFETIME);
  }

  /** Whether it belongs to somebody else than the tenant. */
  public boolean isThirdParty() {
    return !payload.path("is_first_party").asBoolean(true);
  }

  /** Refuses unless the client may use Custom Token Exchange (contract §2, P1 to P3). */
  public void requireCustomTokenExchange() {
    if (isThirdParty()) {
      throw new ClientNotAllowed("Custom Token Exchange is for first-party clients only");
    }
    if (!payload.path("oidc_conformant").asBoolean(false)) {
      throw new ClientNotAllowed("Custom Token Exchange requires an OIDC conformant client");
    }
    if (!exchanges("custom_authentication")) {
      throw new ClientNotAllowed("Custom Token Exchange is not enabled for the client");
    }
  }

  /**
   * Refuses unless the client may exchange tokens on behalf of users (contract §11.8).
   *
   * @return the identifier of the API that the client is
   */
  public String requireOnBehalfOf() {
    if (isThirdParty() || !isConfidential()) {
      throw new ClientNotAllowed(
          "On-Behalf-Of Token Exchange is for confidential first-party clients only");
    }
    if (!exchanges("on_behalf_of_token_exchange")) {
      throw new ClientNotAllowed("On-Behalf-Of Token Exchange is not enabled for the client");
    }
    return Optional.ofNullable(payload.path("resource_server_identifier").textValue())
        .filter(identifier -> payload.path("app_type").asText().equals("resource_server"))
        .orElseThrow(
            () -> new ClientNotAllowed("On-Behalf-Of Token Exchange requires a client of an API"));
  }

  private boolean exchanges(String type) {
    return Payload.strings(Payload.member(payload, "token_exchange"), "allow_any_profile_of_type")
        .contains(type);
  }

  /** Refuses unless the client may ask for Session Transfer Tokens (contract §4.6). */
  public void requireSessionTransfer() {
    boolean enabled =
        payload.path("session_transfer").path("can_create_session_transfer_token").asBoolean(false);
    if (!enabled) {
      throw new ClientNotAllowed("Session Transfer Tokens are not enabled for the client");
    }
    if (!isConfidential()) {
      throw new ClientNotAllowed("Session Transfer Tokens are for confidential clients only");
    }
  }

  /** Names the client; secret and payload stay out. */
  @Override
  public String toString() {
    return "Client[" + clientId + "]";
  }
}
