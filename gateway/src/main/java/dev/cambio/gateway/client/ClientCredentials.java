package dev.cambio.gateway.client;

import dev.cambio.gateway.error.OAuthException.ClientUnauthenticated;
import dev.cambio.gateway.error.OAuthException.RequestInvalid;
import dev.cambio.gateway.inbound.FormBody;
import dev.cambio.gateway.inbound.InboundRequest;
import dev.cambio.gateway.inbound.Parameters;
import dev.cambio.gateway.key.SignedJwt;
import dev.cambio.gateway.key.SignedJwt.Invalid;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Optional;

/** What a request presents to say which client it comes from (contract token-endpoint §1.2). */
public sealed interface ClientCredentials {

  /** What {@code client_assertion_type} must be (RFC 7523 §2.2). */
  String JWT_BEARER = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";

  /** The client that the request claims to be. */
  String clientId();

  /** HTTP Basic. */
  record Basic(String clientId, String secret) implements ClientCredentials {
    @Override
    public String toString() {
      return "Basic[" + clientId + "]";
    }
  }

  /** {@code client_id} and {@code client_secret} in the body. */
  record Post(String clientId, String secret) implements ClientCredentials {
    @Override
    public String toString() {
      return "Post[" + clientId + "]";
    }
  }

  /** A {@code client_assertion} (RFC 7523). */
  record Assertion(String clientId, SignedJwt token) implements ClientCredentials {
    /** The assertion stays out. */
    @Override
    public String toString() {
      return "Assertion[" + clientId + "]";
    }
  }

  /** Only {@code client_id}. */
  record None(String clientId) implements ClientCredentials {}

  /** Reads them; more than one mechanism in a request is refused. */
  public static ClientCredentials read(InboundRequest request, Parameters parameters) {
    Optional<Basic> basic = request.header("authorization").flatMap(ClientCredentials::basic);
    Optional<String> clientId = parameters.find("client_id");
    Optional<String> secret = parameters.find("client_secret");
    Optional<String> assertion = parameters.find("client_assertion");
    int mechanisms =
        (basic.isPresent() ? 1 : 0)
            + (secret.isPresent() ? 1 : 0)
            + (assertion.isPresent() ? 1 : 0);
    if (mechanisms > 1) {
      throw new RequestInvalid("The client must authenticate in one way only");
    }
    if (basic.isPresent()) {
      if (clientId.isPresent() && !clientId.get().equals(basic.get().clientId())) {
        throw new RequestInvalid("client_id differs from the Authorization header");
      }
      return basic.get();
    }
    Optional<String> assertionType = parameters.find("client_assertion_type");
    if (assertion.isPresent() || assertionType.isPresent()) {
      return assertion(
          assertion.orElseThrow(() -> missing("client_assertion")),
          assertionType.orElseThrow(() -> missing("client_assertion_type")),
          clientId);
    }
    String id = clientId.orElseThrow(() -> missing("client_id"));
    return secret
        .<ClientCredentials>map(value -> new Post(id, value))
        .orElseGet(() -> new None(id));
  }

  private static RequestInvalid missing(String parameter) {
    return new RequestInvalid("Missing required parameter: " + parameter);
  }

  private static Assertion assertion(String assertion, String type, Optional<String> clientId) {
    if (!type.equals(JWT_BEARER)) {
      throw new RequestInvalid("client_assertion_type must be " + JWT_BEARER);
    }
    try {
      SignedJwt token = SignedJwt.parse(assertion);
      String subject = token.text("sub");
      if (clientId.isPresent() && !clientId.get().equals(subject)) {
        throw new RequestInvalid("client_id differs from the client assertion");
      }
      return new Assertion(subject, token);
    } catch (Invalid e) {
      throw ClientAssertions.refused("the client assertion: " + e.reason());
    }
  }

  /** The halves of HTTP Basic, raw; empty for another scheme. */
  private static Optional<Basic> basic(String authorization) {
    if (!authorization.regionMatches(true, 0, "Basic ", 0, "Basic ".length())) {
      return Optional.empty();
    }
    try {
      byte[] decoded =
          Base64.getDecoder().decode(authorization.substring("Basic ".length()).strip());
      String pair = StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(decoded)).toString();
      int colon = pair.indexOf(':');
      if (colon < 0) {
        throw new ClientUnauthenticated("HTTP Basic without a colon", true);
      }
      return Optional.of(new Basic(pair.substring(0, colon), pair.substring(colon + 1)));
    } catch (IllegalArgumentException | CharacterCodingException e) {
      throw new ClientUnauthenticated("HTTP Basic is not valid base64", true);
    }
  }

  /** RFC 6749 §2.3.1 form-encodes both halves of HTTP Basic; some clients do, some do not. */
  static Optional<Basic> formDecoded(Basic raw) {
    try {
      return Optional.of(new Basic(FormBody.decode(raw.clientId()), FormBody.decode(raw.secret())));
    } catch (RequestInvalid e) {
      return Optional.empty();
    }
  }
}
