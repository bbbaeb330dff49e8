package dev.cambio.gateway.token;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.cambio.gateway.audience.Audiences;
import dev.cambio.gateway.audience.Confirmation;
import dev.cambio.gateway.audience.ResourceServer;
import dev.cambio.gateway.audience.SessionTransfer;
import dev.cambio.gateway.audience.Target;
import dev.cambio.gateway.audience.Userinfo;
import dev.cambio.gateway.client.Client;
import dev.cambio.gateway.client.ClientSecret;
import dev.cambio.gateway.error.OAuthException.ServerFault;
import dev.cambio.gateway.key.SigningKeys;
import dev.cambio.gateway.key.TokenSigner;
import dev.cambio.gateway.refresh.RefreshTerms;
import dev.cambio.gateway.refresh.RefreshTokens;
import dev.cambio.gateway.refresh.RefreshTokens.Holding;
import dev.cambio.gateway.token.OpaqueTokens.Kind;
import dev.cambio.model.bus.Json;
import dev.cambio.model.oauth.ScopeSet;
import dev.cambio.model.oauth.TokenTypes;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Clock;
import java.util.Arrays;
import java.util.Base64;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;

/** Turns a grant into tokens (contract token-endpoint §7, §4.6). */
public final class TokenIssuer {
  private final SigningKeys keys;
  private final OpaqueTokens opaque;
  private final RefreshTokens refreshTokens;
  private final Clock clock;

  public TokenIssuer(
      SigningKeys keys, OpaqueTokens opaque, RefreshTokens refreshTokens, Clock clock) {
    this.keys = keys;
    this.opaque = opaque;
    this.refreshTokens = refreshTokens;
    this.clock = clock;
  }

  public TokenResponse issue(TokenGrant grant) {
    if (grant.target() instanceof SessionTransfer transfer) {
      return sessionTransferToken(grant, transfer);
    }
    long now = clock.instant().getEpochSecond();
    Optional<String> tokenId =
        isRfc9068(grant.target()) ? Optional.of(UUID.randomUUID().toString()) : Optional.empty();
    String accessToken = accessToken(grant, tokenId, now);
    Optional<String> idToken =
        grant.granted().contains("openid") && grant.user().isPresent()
            ? Optional.of(idToken(grant, accessToken, now))
            : Optional.empty();
    return new TokenResponse(
        accessToken,
        tokenId,
        grant.issuedTokenType(),
        grant.confirmation().map(Confirmation::tokenType).orElse("Bearer"),
        grant.target().tokenLifetime(),
        idToken,
        refreshToken(grant),
        scopeToTell(grant),
        grant.members(),
        Map.of());
  }

  /** Last of all, since a rotating one is spent by it. */
  private Optional<String> refreshToken(TokenGrant grant) {
    return switch (grant.refresh()) {
      case RefreshTerms.None none -> Optional.empty();
      case RefreshTerms.First first ->
          grant.granted().contains(Audiences.OFFLINE_ACCESS)
              ? Optional.of(refreshTokens.issue(grant.tenantId(), holding(grant), first))
              : Optional.empty();
      case RefreshTerms.Next next -> refreshTokens.renew(grant.tenantId(), next);
    };
  }

  private static Holding holding(TokenGrant grant) {
    Optional<ResourceServer> api =
        Optional.of(grant.target())
            .filter(ResourceServer.class::isInstance)
            .map(ResourceServer.class::cast);
    return new Holding(
        grant.client().clientId(),
        grant.subject(),
        grant.connection().orElseThrow(),
        grant.organization().map(OrganizationClaims::id),
        api.map(ResourceServer::identifier),
        api.map(ResourceServer::audience),
        grant.granted());
  }

  /** A refreshed token always comes with its scopes (§11.6). */
  private static Optional<ScopeSet> scopeToTell(TokenGrant grant) {
    return grant.refresh() instanceof RefreshTerms.Next
        ? Optional.of(grant.granted())
        : scopeToTell(grant.requested(), grant.granted());
  }

  /** The granted scopes are told when they differ from those asked for (§1.5). */
  static Optional<ScopeSet> scopeToTell(ScopeSet requested, ScopeSet granted) {
    return requested.values().equals(granted.values()) ? Optional.empty() : Optional.of(granted);
  }

  private TokenResponse sessionTransferToken(TokenGrant grant, SessionTransfer transfer) {
    ObjectNode binding = JsonNodeFactory.instance.objectNode().put("ip", grant.ip());
    grant.connection().ifPresent(name -> binding.put("connection", name));
    grant.organization().ifPresent(organization -> binding.put("org_id", organization.id()));
    grant.actor().ifPresent(actor -> binding.set("act", actor.toJson()));
    return new TokenResponse(
        opaque.issue(Kind.SESSION_TRANSFER_TOKEN, grant, binding),
        Optional.empty(),
        Optional.of(TokenTypes.SESSION_TRANSFER_TOKEN),
        "N_A",
        transfer.tokenLifetime(),
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        grant.members(),
        Map.of());
  }

  private static boolean isRfc9068(Target target) {
    return target instanceof ResourceServer api && api.tokenDialect().startsWith("rfc9068_profile");
  }

  private String accessToken(TokenGrant grant, Optional<String> tokenId, long now) {
    ObjectNode claims = accessTokenClaims(grant, tokenId, now);
    return switch (grant.target()) {
      case ResourceServer api -> sign(grant.tenantId(), api, claims);
      case Userinfo userinfo -> opaque.issue(Kind.ACCESS_TOKEN, grant, claims);
      case SessionTransfer transfer -> throw new IllegalStateException("no access token");
    };
  }

  private static ObjectNode accessTokenClaims(
      TokenGrant grant, Optional<String> tokenId, long now) {
    Target target = grant.target();
    boolean rfc9068 = isRfc9068(target);
    ObjectNode claims = claims(grant, now, target.tokenLifetime());
    if (grant.granted().contains("openid") && target instanceof ResourceServer api) {
      addAudiences(claims, grant, api);
    } else {
      claims.put("aud", target.audience());
    }
    claims.put(rfc9068 ? "client_id" : "azp", grant.client().clientId());
    tokenId.ifPresent(id -> claims.put("jti", id));
    if (!rfc9068) {
      grant.grantType().ifPresent(type -> claims.put("gty", type));
    }
    grant.confirmation().ifPresent(to -> claims.putObject("cnf").put(to.member(), to.thumbprint()));
    if (!grant.granted().isEmpty()) {
      claims.put("scope", grant.granted().toString());
    }
    if (target instanceof ResourceServer api && api.tellsPermissions()) {
      grant.permissions().ifPresent(held -> held.forEach(claims.putArray("permissions")::add));
    }
    claims.setAll(custom(grant, grant.accessTokenClaims()));
    return claims;
  }

  /** The userinfo endpoint can verify what the tenant's own key signed (§7.1). */
  private static void addAudiences(ObjectNode claims, TokenGrant grant, ResourceServer api) {
    if (isSymmetric(api)) {
      claims.put("aud", api.audience());
    } else {
      claims.putArray("aud").add(api.audience()).add(grant.issuer() + "userinfo");
    }
  }

  private static boolean isSymmetric(ResourceServer api) {
    return api.signingAlgorithm().startsWith("HS");
  }

  private String sign(String tenantId, ResourceServer api, ObjectNode claims) {
    TokenSigner signer =
        isSymmetric(api)
            ? TokenSigner.hmac(
                api.signingSecret()
                    .orElseThrow(() -> new ServerFault("the API has no signing secret")))
            : keys.signer(tenantId, api.signingAlgorithm());
    return signer.sign(
        claims,
        api.signingAlgorithm(),
        isRfc9068(api) ? TokenSigner.ACCESS_TOKEN_JWT : TokenSigner.JWT);
  }

  private String idToken(TokenGrant grant, String accessToken, long now) {
    Client client = grant.client();
    String algorithm = client.idTokenAlgorithm();
    ObjectNode claims = claims(grant, now, client.idTokenLifetime());
    claims.put("aud", client.clientId());
    claims.put("at_hash", accessTokenHash(accessToken, algorithm));
    grant.user().ifPresent(user -> StandardClaims.add(claims, user, grant.granted()));
    ObjectNode custom = custom(grant, grant.idTokenClaims());
    if (!custom.isEmpty()) {
      opaque.rememberClaims(grant, custom);
      claims.setAll(custom);
    }
    TokenSigner signer =
        algorithm.startsWith("HS")
            ? TokenSigner.hmac(client.secret().map(ClientSecret::hmacKey).orElseThrow())
            : keys.signer(grant.tenantId(), algorithm);
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

  private static ObjectNode custom(TokenGrant grant, Map<String, JsonNode> set) {
    ObjectNode allowed = JsonNodeFactory.instance.objectNode();
    allowed.setAll(CustomClaims.allowed(set, grant.granted(), grant.target()));
    if (!allowed.isEmpty() && Json.writeBytes(allowed).length > CustomClaims.MAX_BYTES) {
      throw new ServerFault("the custom claims are larger than 100 KB");
    }
    return allowed;
  }

  /** Ed25519 hashes so too (RFC 8032 §5.1). */
  private static boolean hasSha512(String algorithm) {
    return algorithm.endsWith("512") || algorithm.equals("EdDSA");
  }

  /** Left half of the hash that the signature algorithm uses (OIDC Core §3.1.3.6). */
  private static String accessTokenHash(String accessToken, String algorithm) {
    try {
      byte[] hash =
          MessageDigest.getInstance(hasSha512(algorithm) ? "SHA-512" : "SHA-256")
              .digest(accessToken.getBytes(StandardCharsets.US_ASCII));
      return Base64.getUrlEncoder()
          .withoutPadding()
          .encodeToString(Arrays.copyOf(hash, hash.length / 2));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }
}
