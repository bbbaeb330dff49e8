package dev.cambio.gateway.error;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A refusal by the token endpoint (RFC 6749 §5.2, contract token-endpoint §3). Each subclass is one
 * situation and owns its code and status; callers give only words. The description goes to the
 * caller, the detail to the tenant log alone.
 */
public abstract sealed class OAuthException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private static final int MAX_SHOWN = 300;

  private final int status;
  private final String error;
  private final String description;
  private final String detail;

  private OAuthException(
      int status, String error, String description, String detail, @Nullable Throwable cause) {
    super(detail, cause, false, cause != null);
    this.status = status;
    this.error = error;
    this.description = description;
    this.detail = detail;
  }

  private OAuthException(int status, String error, String description) {
    this(status, error, description, description, null);
  }

  /** A value of the request's as an answer may repeat it: not at any length. */
  private static String shown(String value) {
    return value.length() <= MAX_SHOWN ? value : value.substring(0, MAX_SHOWN) + "…";
  }

  /** HTTP status. */
  public final int status() {
    return status;
  }

  /** The {@code error} member. */
  public final String error() {
    return error;
  }

  /** The {@code error_description} member. */
  public final String description() {
    return description;
  }

  /** The full reason, for the tenant log. */
  public final String detail() {
    return detail;
  }

  /** Response headers that belong to this refusal. */
  public Map<String, String> headers() {
    return Map.of();
  }

  /** The response body. */
  public final ObjectNode body() {
    ObjectNode body =
        JsonNodeFactory.instance
            .objectNode()
            .put("error", error)
            .put("error_description", description);
    body.setAll(members());
    return body;
  }

  /** Members of the body beside {@code error} and {@code error_description}. */
  ObjectNode members() {
    return JsonNodeFactory.instance.objectNode();
  }

  /** 400: the request is not what the endpoint expects. */
  public static final class RequestInvalid extends OAuthException {
    private static final long serialVersionUID = 1L;

    /** With a value of the request's in it, which is cut where it is long. */
    public static RequestInvalid naming(String format, String value) {
      return new RequestInvalid(format.formatted(shown(value)));
    }

    public RequestInvalid(String description) {
      super(400, "invalid_request", description);
    }

    /** With a reason that only the log may hold. */
    public RequestInvalid(String description, String detail) {
      super(400, "invalid_request", description, detail, null);
    }
  }

  /** 404: no tenant is served at the host. */
  public static final class TenantUnknown extends OAuthException {
    private static final long serialVersionUID = 1L;

    public TenantUnknown(String host) {
      super(404, "not_found", "No tenant is served at host '" + shown(host) + "'");
    }
  }

  /** 413: the body is larger than the endpoint reads. */
  public static final class BodyTooLarge extends OAuthException {
    private static final long serialVersionUID = 1L;

    public BodyTooLarge(int limit) {
      super(413, "invalid_request", "The request body is larger than " + limit + " bytes");
    }
  }

  /** 408: the body did not arrive in time. */
  public static final class BodyTooSlow extends OAuthException {
    private static final long serialVersionUID = 1L;

    public BodyTooSlow() {
      super(408, "invalid_request", "The request body did not arrive in time");
    }
  }

  /** 414 or 431: the head of the request is larger than is read. */
  public static final class HeadTooLarge extends OAuthException {
    private static final long serialVersionUID = 1L;

    private HeadTooLarge(int status, String description) {
      super(status, "invalid_request", description);
    }

    /** 414: its first line is. */
    public static HeadTooLarge line() {
      return new HeadTooLarge(414, "The request target is too long");
    }

    /** 431: its headers are. */
    public static HeadTooLarge fields() {
      return new HeadTooLarge(431, "The headers of the request are too long");
    }
  }

  /** 415: neither form nor JSON. */
  public static final class MediaTypeUnsupported extends OAuthException {
    private static final long serialVersionUID = 1L;

    public MediaTypeUnsupported() {
      super(
          415,
          "invalid_request",
          "Content-Type must be application/x-www-form-urlencoded or application/json");
    }
  }

  /** 405: not a POST. */
  public static final class MethodNotAllowed extends OAuthException {
    private static final long serialVersionUID = 1L;
    private final String allowed;

    public MethodNotAllowed(String allowed) {
      super(405, "method_not_allowed", "The method must be " + allowed);
      this.allowed = allowed;
    }

    @Override
    public Map<String, String> headers() {
      return Map.of("Allow", allowed);
    }
  }

  /** 403: a grant type that is not served. */
  public static final class GrantUnsupported extends OAuthException {
    private static final long serialVersionUID = 1L;

    public GrantUnsupported(String grantType) {
      super(403, "unsupported_grant_type", "Unsupported grant type: " + shown(grantType));
    }

    /** With a reason that only the log may hold. */
    public GrantUnsupported(String grantType, String detail) {
      super(403, "unsupported_grant_type", "Unsupported grant type: " + grantType, detail, null);
    }
  }

  /** 401: the client is unknown or its secret is wrong or missing. */
  public static final class ClientUnauthenticated extends OAuthException {
    private static final long serialVersionUID = 1L;
    private final boolean basic;

    /**
     * The refusal.
     *
     * @param basic whether HTTP Basic was used, which the answer then asks for
     */
    public ClientUnauthenticated(String detail, boolean basic) {
      super(401, "access_denied", "Unauthorized", detail, null);
      this.basic = basic;
    }

    @Override
    public Map<String, String> headers() {
      return basic ? Map.of("WWW-Authenticate", "Basic realm=\"cambio\"") : Map.of();
    }
  }

  /** 401: the client assertion was not accepted. */
  public static final class AssertionInvalid extends OAuthException {
    private static final long serialVersionUID = 1L;

    public AssertionInvalid(String description) {
      super(401, "invalid_client", description);
    }

    /** With a reason that only the log may hold. */
    public AssertionInvalid(String description, String detail) {
      super(401, "invalid_client", description, detail, null);
    }
  }

  /** 401: the access token that was presented is not accepted (RFC 6750 §3.1). */
  public static final class TokenInvalid extends OAuthException {
    private static final long serialVersionUID = 1L;

    private final String challenge;

    public TokenInvalid(String description) {
      this(description, "Bearer error=\"invalid_token\"");
    }

    private TokenInvalid(String description, String challenge) {
      super(401, "invalid_token", description);
      this.challenge = challenge;
    }

    /** The request carries no token, so its answer names no error (RFC 6750 §3.1). */
    public static TokenInvalid missing() {
      return new TokenInvalid("Missing access token", "Bearer");
    }

    @Override
    public Map<String, String> headers() {
      return Map.of("WWW-Authenticate", challenge);
    }
  }

  /** A DPoP proof needs a nonce of the server's, or a newer one (RFC 9449 §8). */
  public static final class DpopNonceRequired extends OAuthException {
    private static final long serialVersionUID = 1L;

    private final String nonce;

    public DpopNonceRequired(String nonce) {
      super(400, "use_dpop_nonce", "Authorization server requires nonce in DPoP proof");
      this.nonce = nonce;
    }

    @Override
    public Map<String, String> headers() {
      return Map.of("DPoP-Nonce", nonce);
    }
  }

  /** 400: the DPoP proof was not accepted (RFC 9449 §5). */
  public static final class DpopProofInvalid extends OAuthException {
    private static final long serialVersionUID = 1L;

    public DpopProofInvalid(String description) {
      super(400, "invalid_dpop_proof", description);
    }
  }

  /** 403: the client may not use this grant, or not for this API. */
  public static final class ClientNotAllowed extends OAuthException {
    private static final long serialVersionUID = 1L;

    public ClientNotAllowed(String description) {
      super(403, "unauthorized_client", description);
    }
  }

  /** The client has no grant for the API (contract token-endpoint §11.5). */
  public static final class ClientNotGranted extends OAuthException {
    private static final long serialVersionUID = 1L;

    public ClientNotGranted(String audience) {
      super(
          403, "access_denied", "Client is not authorized to access \"" + shown(audience) + "\".");
    }

    /** Not for that organization; only the log says so. */
    public ClientNotGranted(String audience, String organizationId) {
      super(
          403,
          "access_denied",
          "Client is not authorized to access \"" + shown(audience) + "\".",
          "the client's grant does not cover the organization " + organizationId,
          null);
    }
  }

  /** 403: the audience is not a registered API. */
  public static final class AudienceUnknown extends OAuthException {
    private static final long serialVersionUID = 1L;

    public AudienceUnknown(String audience) {
      super(403, "access_denied", "Service not found: " + shown(audience));
    }
  }

  /** The user does not belong to the organization (contract token-endpoint §6). */
  public static final class NoMember extends OAuthException {
    private static final long serialVersionUID = 1L;

    public NoMember(String userId, String organizationId) {
      super(
          403,
          "access_denied",
          "user %s is not part of the %s organization".formatted(userId, organizationId));
    }
  }

  /** 403: the user is blocked. */
  public static final class UserBlocked extends OAuthException {
    private static final long serialVersionUID = 1L;

    public UserBlocked() {
      super(403, "unauthorized", "user is blocked");
    }
  }

  /** 403: who acts in the subject token is a user who is blocked or deleted. */
  public static final class ActorGone extends OAuthException {
    private static final long serialVersionUID = 1L;

    public ActorGone(String subject) {
      super(
          403,
          "unauthorized",
          "the actor of the subject token is blocked or deleted",
          "the actor of the subject token is blocked or deleted: " + shown(subject),
          null);
    }
  }

  /** 401: the subject token of an On-Behalf-Of exchange is not accepted (contract §11.8). */
  public static final class SubjectTokenInvalid extends OAuthException {
    private static final long serialVersionUID = 1L;

    public SubjectTokenInvalid(String reason) {
      super(
          401,
          "invalid_request",
          "Invalid subject_token",
          "Invalid subject_token: " + reason,
          null);
    }
  }

  /** 403: the user holds none of the scopes that are asked for (contract §11.8). */
  public static final class ScopesNotHeld extends OAuthException {
    private static final long serialVersionUID = 1L;

    public ScopesNotHeld() {
      super(403, "access_denied", "The user has none of the requested scopes");
    }
  }

  /** The Action refused, with a code of its own: 500 for {@code server_error}, else 400. */
  public static final class DeniedByAction extends OAuthException {
    private static final long serialVersionUID = 1L;

    public DeniedByAction(String error, String reason) {
      super("server_error".equals(error) ? 500 : 400, error, reason);
    }
  }

  /** 403: a post-login Action refused, threw or ran out of time. */
  public static final class LoginDenied extends OAuthException {
    private static final long serialVersionUID = 1L;

    public LoginDenied(String reason) {
      super(403, "access_denied", reason);
    }

    public LoginDenied(String reason, String detail) {
      super(403, "access_denied", reason, detail, null);
    }
  }

  /** 403: the refresh token is none, or none any more (contract token-endpoint §11.6). */
  public static final class RefreshTokenInvalid extends OAuthException {
    private static final long serialVersionUID = 1L;

    public RefreshTokenInvalid(String detail) {
      super(403, "invalid_grant", "Unknown or invalid refresh token.", detail, null);
    }
  }

  /** 403: the refresh token has been replaced by another; the whole family is revoked now. */
  public static final class RefreshTokenReused extends OAuthException {
    private static final long serialVersionUID = 1L;

    private final String familyId;
    private final int tokenCounter;
    private final int latestCounter;

    public RefreshTokenReused(String familyId, int tokenCounter, int latestCounter) {
      super(
          403,
          "invalid_grant",
          "Unknown or invalid refresh token.",
          "the refresh token was used before; its family is revoked",
          null);
      this.familyId = familyId;
      this.tokenCounter = tokenCounter;
      this.latestCounter = latestCounter;
    }

    public String familyId() {
      return familyId;
    }

    /** Which token of the family was presented. */
    public int tokenCounter() {
      return tokenCounter;
    }

    /** Which is the newest. */
    public int latestCounter() {
      return latestCounter;
    }
  }

  /** 403: a post-login Action called {@code api.refreshToken.revoke}. */
  public static final class RefreshTokenRevoked extends OAuthException {
    private static final long serialVersionUID = 1L;

    public RefreshTokenRevoked(String reason) {
      super(403, "access_denied", reason);
    }
  }

  /** 400: a post-login Action called {@code api.validation.error}. */
  public static final class ValidationFailed extends OAuthException {
    private static final long serialVersionUID = 1L;

    public ValidationFailed(String error, String message) {
      super(400, error, message);
    }
  }

  /** 403: tokens are to be had once a second factor is proved (contract token-endpoint §8). */
  public static final class MfaRequired extends OAuthException {
    private static final long serialVersionUID = 1L;

    private final String mfaToken;
    private final transient ObjectNode requirements;

    /**
     * The demand.
     *
     * @param mfaToken stands for the login that waits
     * @param requirements {@code mfa_requirements}; empty to leave it out
     */
    public MfaRequired(String mfaToken, ObjectNode requirements) {
      super(403, "mfa_required", "Multifactor authentication required");
      this.mfaToken = mfaToken;
      this.requirements = requirements;
    }

    /** The token is as good as a password until it is used; no cache may keep it. */
    @Override
    public Map<String, String> headers() {
      return Map.of("Cache-Control", "no-store", "Pragma", "no-cache");
    }

    @Override
    ObjectNode members() {
      ObjectNode members = JsonNodeFactory.instance.objectNode().put("mfa_token", mfaToken);
      if (!requirements.isEmpty()) {
        members.set("mfa_requirements", requirements);
      }
      return members;
    }
  }

  /** 401: the {@code mfa_token} is unknown, another client's, used up or expired. */
  public static final class MfaTokenInvalid extends OAuthException {
    private static final long serialVersionUID = 1L;

    public MfaTokenInvalid() {
      super(401, "invalid_token", "The mfa_token is invalid or has expired");
    }

    @Override
    public Map<String, String> headers() {
      return Map.of("WWW-Authenticate", "Bearer error=\"invalid_token\"");
    }
  }

  /** 403: the code is not the one that proves the second factor. */
  public static final class CodeWrong extends OAuthException {
    private static final long serialVersionUID = 1L;

    public CodeWrong(String description) {
      super(403, "invalid_grant", description);
    }
  }

  /** 400: the user has not answered out of band yet (contract token-endpoint §8). */
  public static final class AuthorizationPending extends OAuthException {
    private static final long serialVersionUID = 1L;

    public AuthorizationPending() {
      super(400, "authorization_pending", "The user has not answered yet. Ask again later.");
    }
  }

  /** 400: the client asks too often whether the user has answered. */
  public static final class SlowDown extends OAuthException {
    private static final long serialVersionUID = 1L;

    public SlowDown() {
      super(400, "slow_down", "Too many requests for this mfa_token. Ask again in a minute.");
    }
  }

  /** 400: the second factor cannot be asked for in a way that the client takes. */
  public static final class ChallengeUnsupported extends OAuthException {
    private static final long serialVersionUID = 1L;

    public ChallengeUnsupported(String description) {
      super(400, "unsupported_challenge_type", description);
    }
  }

  /** 400: the user has no second factor yet. */
  public static final class AssociationRequired extends OAuthException {
    private static final long serialVersionUID = 1L;

    public AssociationRequired() {
      super(400, "association_required", "The user has not enrolled a second factor");
    }
  }

  /** 403: who has a second factor does not enrol another with the first factor alone. */
  public static final class AlreadyEnrolled extends OAuthException {
    private static final long serialVersionUID = 1L;

    public AlreadyEnrolled() {
      super(403, "access_denied", "The user has already enrolled a second factor");
    }
  }

  /** 429: too many codes were sent to a user, or tried for one. */
  public static final class TooManyCodes extends OAuthException {
    private static final long serialVersionUID = 1L;

    private final long retryAfterSeconds;

    public TooManyCodes(String description, long retryAfterSeconds) {
      super(429, "too_many_attempts", description);
      this.retryAfterSeconds = retryAfterSeconds;
    }

    @Override
    public Map<String, String> headers() {
      return Map.of("Retry-After", Long.toString(retryAfterSeconds));
    }
  }

  /** The caller's address sent too many invalid subject tokens (contract token-endpoint §9). */
  public static final class TooManyAttempts extends OAuthException {
    private static final long serialVersionUID = 1L;

    private final long retryAfterSeconds;

    public TooManyAttempts(long retryAfterSeconds) {
      super(
          429,
          "too_many_attempts",
          "We have detected suspicious login behavior and further attempts will be blocked. Please"
              + " contact the administrator.");
      this.retryAfterSeconds = retryAfterSeconds;
    }

    @Override
    public Map<String, String> headers() {
      return Map.of("Retry-After", Long.toString(retryAfterSeconds));
    }
  }

  /** 429: more requests than the tenant may make per second (contract token-endpoint §12). */
  public static final class TooManyRequests extends OAuthException {
    private static final long serialVersionUID = 1L;

    private final transient Map<String, String> headers;
    private final boolean reported;

    /**
     * The refusal.
     *
     * @param reported whether the tenant log is to tell of it
     */
    public TooManyRequests(Map<String, String> headers, boolean reported) {
      super(
          429,
          "too_many_requests",
          "Too many requests. Check the X-RateLimit-Limit, X-RateLimit-Remaining and"
              + " X-RateLimit-Reset headers.");
      this.headers = Map.copyOf(headers);
      this.reported = reported;
    }

    public boolean isReported() {
      return reported;
    }

    @Override
    public Map<String, String> headers() {
      return headers;
    }
  }

  /** 503: no room for the request, no sandbox slot free, or what served it was lost. */
  public static final class Overloaded extends OAuthException {
    private static final long serialVersionUID = 1L;

    public Overloaded(String detail) {
      super(
          503,
          "temporarily_unavailable",
          "The service is busy. Try again in a moment.",
          detail,
          null);
    }

    @Override
    public Map<String, String> headers() {
      return Map.of("Retry-After", "1");
    }
  }

  /**
   * 503: something that the service rests on is away, or does not answer in time (additions C13).
   * The caller learns nothing of the cause.
   */
  public static final class Unavailable extends OAuthException {
    private static final long serialVersionUID = 1L;

    public Unavailable(Throwable cause) {
      super(
          503,
          "temporarily_unavailable",
          "The service is not available. Try again in a moment.",
          "a fault of the platform",
          cause);
    }

    @Override
    public Map<String, String> headers() {
      return Map.of("Retry-After", "1");
    }
  }

  /** 500: our own failure or that of an Action. The caller learns nothing of the cause. */
  public static final class ServerFault extends OAuthException {
    private static final long serialVersionUID = 1L;
    private static final String GENERIC = "The request could not be completed";

    /** A failure of ours. */
    public ServerFault(Throwable cause) {
      super(500, "server_error", GENERIC, "internal error", cause);
    }

    /** A failure whose reason only the log may hold. */
    public ServerFault(String detail) {
      super(500, "server_error", GENERIC, detail, null);
    }

    /** A failure with a text for the caller. */
    public ServerFault(String description, String detail) {
      super(500, "server_error", description, detail, null);
    }
  }
}
