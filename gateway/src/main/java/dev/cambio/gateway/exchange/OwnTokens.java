package dev.cambio.gateway.exchange;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.cambio.gateway.audience.Audiences;
import dev.cambio.gateway.client.Clients;
import dev.cambio.gateway.client.IdTokens;
import dev.cambio.gateway.key.JwtSignatures;
import dev.cambio.gateway.key.SignedJwt;
import dev.cambio.gateway.key.SignedJwt.Invalid;
import dev.cambio.gateway.key.SigningKeys;
import dev.cambio.gateway.tenant.Tenant;
import dev.cambio.gateway.token.OpaqueTokens;
import dev.cambio.gateway.user.Users;
import java.time.Clock;
import java.util.List;

/**
 * Tokens of the tenant's own that come back as subject tokens: access tokens, opaque or signed with
 * the tenant's key, and ID tokens. Those of HS256 are not among them, since whoever holds the
 * secret of the client or API can make them too (additions C1).
 */
public final class OwnTokens {
  /** What follows the client id in the {@code sub} of a client's own token. */
  private static final String CLIENT_SUFFIX = "@clients";

  private final SigningKeys keys;
  private final JwtSignatures signatures;
  private final IdTokens idTokens;
  private final Audiences audiences;
  private final Clients clients;
  private final OpaqueTokens opaqueTokens;
  private final Users users;
  private final Clock clock;

  public OwnTokens(
      SigningKeys keys,
      JwtSignatures signatures,
      IdTokens idTokens,
      Audiences audiences,
      Clients clients,
      OpaqueTokens opaqueTokens,
      Users users,
      Clock clock) {
    this.keys = keys;
    this.signatures = signatures;
    this.idTokens = idTokens;
    this.audiences = audiences;
    this.clients = clients;
    this.opaqueTokens = opaqueTokens;
    this.users = users;
    this.clock = clock;
  }

  /**
   * The claims of a token that was issued here, is still valid, and whose client is still there.
   */
  ObjectNode require(Tenant tenant, String token) throws Invalid {
    ObjectNode claims =
        OpaqueTokens.isPlausible(token)
            ? opaqueTokens
                .accessTokenClaims(tenant.id(), token)
                .orElseThrow(() -> new Invalid("the token is unknown or has expired"))
            : signed(tenant, SignedJwt.parse(token));
    if (clients.find(tenant.id(), clientId(claims)).isEmpty()) {
      throw new Invalid("the client of the token does not exist");
    }
    return claims;
  }

  /** The same, of a user who is still there and may still log in, or of a client itself. */
  ObjectNode requireOfUser(Tenant tenant, String token) throws Invalid {
    ObjectNode claims = require(tenant, token);
    String subject = claims.path("sub").asText();
    boolean present =
        subject.equals(clientId(claims) + CLIENT_SUFFIX)
            || users.find(tenant.id(), subject).filter(user -> !user.blocked()).isPresent();
    if (!present) {
      throw new Invalid("the user of the token is deleted or blocked");
    }
    return claims;
  }

  private ObjectNode signed(Tenant tenant, SignedJwt token) throws Invalid {
    if (!tenant.isIssuer(token.text("iss"))) {
      throw new Invalid("the token has another issuer");
    }
    signatures.requireTenantKey(tenant.id(), token);
    if (token.seconds("exp") <= clock.instant().getEpochSecond()) {
      throw new Invalid("the token has expired");
    }
    return token.claims();
  }

  /** The client that the token was issued to; an ID token is for none other than its audience. */
  static String clientId(ObjectNode claims) {
    for (String claim : new String[] {"azp", "client_id", "aud"}) {
      if (claims.path(claim).isTextual()) {
        return claims.path(claim).textValue();
      }
    }
    return "";
  }

  /** Whether its audience is that API, alone or beside the userinfo endpoint. */
  static boolean isFor(ObjectNode claims, String api) {
    JsonNode aud = claims.path("aud");
    Iterable<JsonNode> audiences = aud.isArray() ? aud : List.of(aud);
    for (JsonNode audience : audiences) {
      if (api.equals(audience.textValue())) {
        return true;
      }
    }
    return false;
  }

  /** Whether it names the client that it was issued to, which ID tokens do not. */
  static boolean isAccessToken(ObjectNode claims) {
    return claims.path("azp").isTextual() || claims.path("client_id").isTextual();
  }

  /**
   * Whether the tenant's key, a client's secret or an API's secret signed the token: then we may
   * have issued it, and what it says of who acts is not to be lost. It is no proof of more.
   */
  boolean isSignedHere(Tenant tenant, SignedJwt token) {
    return token.algorithm().equals("HS256")
        ? hasSecretsSignature(tenant, token)
        : succeeds(() -> signatures.requireTenantKey(tenant.id(), token));
  }

  private boolean hasSecretsSignature(Tenant tenant, SignedJwt token) {
    return succeeds(() -> idTokens.requireSignedWithSecret(tenant.id(), token))
        || succeeds(
            () ->
                signatures.requireSecret(
                    audiences
                        .signingSecret(tenant.id(), token.audience())
                        .orElseThrow(() -> new Invalid("no API with a secret")),
                    token));
  }

  /** Whether it says that it is ours, by issuer or key: then it must be, or be refused. */
  boolean claimsToBeOurs(Tenant tenant, SignedJwt token) {
    return tenant.isIssuer(token.claims().path("iss").asText(""))
        || token.kid().filter(kid -> keys.hasId(tenant.id(), kid)).isPresent();
  }

  /** Whether a token of ours is hidden in a text that is not exactly one (additions C2). */
  boolean isHiddenIn(Tenant tenant, String text) {
    HiddenTokens.Marks ours =
        new HiddenTokens.Marks() {
          @Override
          public boolean isKey(String kid) {
            return keys.hasId(tenant.id(), kid);
          }

          @Override
          public boolean isIssuer(String url) {
            return tenant.isIssuer(url);
          }

          @Override
          public boolean isSignedWithSecret(String compact) {
            try {
              return hasSecretsSignature(tenant, SignedJwt.parse(compact));
            } catch (Invalid e) {
              return false;
            }
          }

          @Override
          public boolean isOpaqueToken(String token) {
            return opaqueTokens.accessTokenClaims(tenant.id(), token).isPresent();
          }
        };
    return new HiddenTokens(ours).isIn(text);
  }

  private interface Check {
    void run() throws Invalid;
  }

  private static boolean succeeds(Check check) {
    try {
      check.run();
      return true;
    } catch (Invalid e) {
      return false;
    }
  }
}
