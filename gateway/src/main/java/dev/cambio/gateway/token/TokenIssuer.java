package dev.cambio.gateway.token;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.cambio.gateway.audience.ResourceServer;
import dev.cambio.gateway.client.Client;
import dev.cambio.gateway.client.ClientSecret;
import dev.cambio.gateway.error.OAuthException.ServerFault;
import dev.cambio.gateway.key.SigningKeys;
import dev.cambio.gateway.key.TokenSigner;
import dev.cambio.gateway.user.User;
import dev.cambio.model.bus.Json;
import dev.cambio.model.oauth.ScopeSet;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Clock;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;

/** Turns a grant into signed tokens (contract token-endpoint §7). */
public final class TokenIssuer {
  private static final List<String> PROFILE_CLAIMS =
      List.of("name", "family_name", "given_name", "middle_name", "nickname", "picture");

  private final SigningKeys keys;
  private final Clock clock;

  public TokenIssuer(SigningKeys keys, Clock clock) {
    this.keys = keys;
    this.clock = clock;
  }

  public TokenResponse issue(TokenGrant grant) {
    ResourceServer api = grant.api();
    long now = clock.instant().getEpochSecond();
    Optional<String> tokenId =
        isRfc9068(api) ? Optional.of(UUID.randomUUID().toString()) : Optional.empty();
    String accessToken = accessToken(grant, tokenId, now);
    Optional<String> idToken =
        grant.granted().contains("openid") && grant.user().isPresent()
            ? Optional.of(idToken(grant, accessToken, now))
            : Optional.empty();
    return new TokenResponse(
        accessToken,
        tokenId,
        grant.issuedTokenType(),
        grant.boundKey().isPresent() ? "DPoP" : "Bearer",
        api.tokenLifetime(),
        idToken,
        scopeToTell(grant.requested(), grant.granted()));
  }

  /** The granted scopes are told when they differ from those asked for (§1.5). */
  static Optional<ScopeSet> scopeToTell(ScopeSet requested, ScopeSet granted) {
    return requested.values().equals(granted.values()) ? Optional.empty() : Optional.of(granted);
  }

  private static boolean isRfc9068(ResourceServer api) {
    return api.tokenDialect().startsWith("rfc9068_profile");
  }

  private String accessToken(TokenGrant grant, Optional<String> tokenId, long now) {
    ResourceServer api = grant.api();
    boolean rfc9068 = isRfc9068(api);
    ObjectNode claims = claims(grant, now, api.tokenLifetime());
    boolean asymmetric = !api.signingAlgorithm().startsWith("HS");
    if (grant.granted().contains("openid") && asymmetric) {
      claims.putArray("aud").add(api.audience()).add(grant.issuer() + "userinfo");
    } else {
      claims.put("aud", api.audience());
    }
    claims.put(rfc9068 ? "client_id" : "azp", grant.client().clientId());
    tokenId.ifPresent(id -> claims.put("jti", id));
    if (!rfc9068) {
      grant.grantType().ifPresent(type -> claims.put("gty", type));
    }
    grant.boundKey().ifPresent(key -> claims.putObject("cnf").put("jkt", key));
    if (!grant.granted().isEmpty()) {
      claims.put("scope", grant.granted().toString());
    }
    addCustom(claims, grant, grant.accessTokenClaims());
    TokenSigner signer =
        asymmetric
            ? keys.current(grant.tenantId())
            : TokenSigner.hmac(
                api.signingSecret()
                    .orElseThrow(() -> new ServerFault("the API has no signing secret")));
    return signer.sign(
        claims, api.signingAlgorithm(), rfc9068 ? TokenSigner.ACCESS_TOKEN_JWT : TokenSigner.JWT);
  }

  private String idToken(TokenGrant grant, String accessToken, long now) {
    Client client = grant.client();
    String algorithm = client.idTokenAlgorithm();
    ObjectNode claims = claims(grant, now, client.idTokenLifetime());
    claims.put("aud", client.clientId());
    claims.put("at_hash", accessTokenHash(accessToken, algorithm));
    grant.user().ifPresent(user -> addProfile(claims, user, grant.granted()));
    addCustom(claims, grant, grant.idTokenClaims());
    TokenSigner signer =
        algorithm.startsWith("HS")
            ? TokenSigner.hmac(
                client
                    .secret()
                    .map(ClientSecret::hmacKey)
                    .orElseThrow(() -> new ServerFault("HS256 ID token for a public client")))
            : keys.current(grant.tenantId());
    return signer.sign(claims, algorithm, TokenSigner.JWT);
  }

  /** The claims that both tokens carry. */
  private static ObjectNode claims(TokenGrant grant, long now, int lifetime) {
    ObjectNode claims =
        JsonNodeFactory.instance
            .objectNode()
            .put("iss", grant.issuer())
            .put("sub", grant.subject())
            .put("iat", now)
            .put("exp", now + lifetime);
    grant
        .organization()
        .ifPresent(
            organization -> {
              claims.put("org_id", organization.id());
              organization.name().ifPresent(name -> claims.put("org_name", name));
            });
    grant.actor().ifPresent(actor -> claims.set("act", actor.toJson()));
    return claims;
  }

  /** Standard claims by scope (§7.3); what is not known is left out. */
  private static void addProfile(ObjectNode claims, User user, ScopeSet granted) {
    if (granted.contains("profile")) {
      PROFILE_CLAIMS.forEach(
          name -> user.attribute(name).ifPresent(value -> claims.put(name, value)));
      claims.put("updated_at", user.updatedAt().toString());
    }
    if (granted.contains("email") && user.attribute("email").isPresent()) {
      claims.put("email", user.attribute("email").get());
      claims.put("email_verified", user.profile().path("email_verified").asBoolean(false));
    }
    if (granted.contains("phone") && user.attribute("phone_number").isPresent()) {
      claims.put("phone_number", user.attribute("phone_number").get());
      claims.put("phone_number_verified", user.profile().path("phone_verified").asBoolean(false));
    }
  }

  private static void addCustom(ObjectNode claims, TokenGrant grant, Map<String, JsonNode> custom) {
    Map<String, JsonNode> allowed = CustomClaims.allowed(custom, grant.granted(), grant.api());
    if (!allowed.isEmpty() && Json.writeBytes(allowed).length > CustomClaims.MAX_BYTES) {
      throw new ServerFault("the custom claims are larger than 100 KB");
    }
    claims.setAll(allowed);
  }

  /** Left half of the hash that the signature algorithm uses (OIDC Core §3.1.3.6). */
  private static String accessTokenHash(String accessToken, String algorithm) {
    try {
      byte[] hash =
          MessageDigest.getInstance(algorithm.endsWith("512") ? "SHA-512" : "SHA-256")
              .digest(accessToken.getBytes(StandardCharsets.US_ASCII));
      return Base64.getUrlEncoder()
          .withoutPadding()
          .encodeToString(Arrays.copyOf(hash, hash.length / 2));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }
}
