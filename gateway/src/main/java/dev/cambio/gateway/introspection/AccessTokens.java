package dev.cambio.gateway.introspection;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.cambio.gateway.audience.Audiences;
import dev.cambio.gateway.client.Client;
import dev.cambio.gateway.client.Clients;
import dev.cambio.gateway.grant.ClientCredentialsGrant;
import dev.cambio.gateway.key.JwtSignatures;
import dev.cambio.gateway.key.SignedJwt;
import dev.cambio.gateway.key.SignedJwt.Invalid;
import dev.cambio.gateway.tenant.Tenant;
import dev.cambio.gateway.token.OpaqueTokens;
import java.time.Clock;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;

/** Access tokens of ours, signed or opaque, that have not expired. */
public final class AccessTokens {
  private final JwtSignatures signatures;
  private final Audiences audiences;
  private final OpaqueTokens opaqueTokens;
  private final Clients clients;
  private final Clock clock;

  public AccessTokens(
      JwtSignatures signatures,
      Audiences audiences,
      OpaqueTokens opaqueTokens,
      Clients clients,
      Clock clock) {
    this.signatures = signatures;
    this.audiences = audiences;
    this.opaqueTokens = opaqueTokens;
    this.clients = clients;
    this.clock = clock;
  }

  /**
   * A token of ours.
   *
   * @param clientId that it was issued to
   */
  record Found(ObjectNode claims, String clientId) {
    String subject() {
      return claims.path("sub").asText();
    }

    /** Whether a client has it for itself, not for a user. */
    boolean isOfClient() {
      return subject().equals(clientId + ClientCredentialsGrant.SUBJECT_SUFFIX);
    }

    /** Whether it was issued to the client, or for the API that the client stands for. */
    boolean isOwnedBy(Client client) {
      JsonNode own = client.payload().path("resource_server_identifier");
      boolean standsForApi =
          client.payload().path("app_type").asText().equals("resource_server")
              && own.isTextual()
              && audiencesOf(claims).anyMatch(own.textValue()::equals);
      return clientId.equals(client.clientId()) || standsForApi;
    }

    /** What it says, in the words of RFC 7662 §2.2. */
    ObjectNode describe() {
      ObjectNode answer = claims.deepCopy();
      answer
          .put("active", true)
          .put("client_id", clientId)
          .put("token_type", claims.path("cnf").has("jkt") ? "DPoP" : "Bearer");
      return answer;
    }
  }

  /** The token, if it is one and its client and API still exist. */
  Optional<Found> find(Tenant tenant, String token) {
    Optional<ObjectNode> claims =
        OpaqueTokens.isPlausible(token)
            ? opaqueTokens.accessTokenClaims(tenant.id(), token)
            : signed(tenant, token);
    return claims.flatMap(
        found ->
            clients
                .find(tenant.id(), found.path("azp").asText(found.path("client_id").asText()))
                .map(client -> new Found(found, client.clientId())));
  }

  private Optional<ObjectNode> signed(Tenant tenant, String token) {
    try {
      SignedJwt jwt = SignedJwt.parse(token);
      requireSignature(tenant, jwt);
      boolean current =
          jwt.seconds("exp") > clock.instant().getEpochSecond()
              && tenant.isIssuer(jwt.text("iss"))
              && audiencesOf(jwt.claims()).anyMatch(audience -> isApi(tenant, audience));
      return current ? Optional.of(jwt.claims()) : Optional.empty();
    } catch (Invalid e) {
      return Optional.empty();
    }
  }

  private void requireSignature(Tenant tenant, SignedJwt jwt) throws Invalid {
    if (jwt.algorithm().startsWith("HS")) {
      byte[] secret =
          audiences
              .signingSecret(tenant.id(), jwt.audience())
              .orElseThrow(() -> new Invalid("no API with a secret"));
      signatures.requireSecret(secret, jwt);
    } else {
      signatures.requireTenantKey(tenant.id(), jwt);
    }
  }

  private boolean isApi(Tenant tenant, String audience) {
    return tenant.isManagementAudience(audience) || audiences.exists(tenant.id(), audience);
  }

  private static Stream<String> audiencesOf(ObjectNode claims) {
    JsonNode aud = claims.path("aud");
    Iterable<JsonNode> all = aud.isArray() ? aud : List.of(aud);
    return StreamSupport.stream(all.spliterator(), false).map(JsonNode::asText);
  }
}
