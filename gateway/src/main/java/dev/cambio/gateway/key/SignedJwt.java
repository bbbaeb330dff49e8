package dev.cambio.gateway.key;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.cambio.model.bus.Json;
import java.io.IOException;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A signed JWT taken apart, not yet believed: {@link JwtSignatures} tells whether to. Strict:
 * compact serialization, {@link Base64Url}, JSON objects without duplicate members (RFC 7515 §5.2),
 * and signatures of the length that their algorithm has, so not in DER.
 */
public record SignedJwt(String compact, ObjectNode header, ObjectNode claims) {
  /** Characters of the longest token that is looked at. */
  public static final int MAX_LENGTH = 64 * 1024;

  private static final Pattern COMPACT =
      Pattern.compile("([A-Za-z0-9_-]++)\\.([A-Za-z0-9_-]++)\\.([A-Za-z0-9_-]++)");

  /** Octets of the signatures that have one length (RFC 7518 §3.2, §3.4, RFC 8037 §3.1). */
  private static final Map<String, Integer> SIGNATURE_LENGTHS =
      Map.of("HS256", 32, "ES256", 64, "ES384", 96, "EdDSA", 64);

  /** Thrown with the reason for which a token is not to be believed. */
  public static class Invalid extends Exception {
    private static final long serialVersionUID = 1L;

    public Invalid(String reason) {
      super(reason, null, false, false);
    }

    public final String reason() {
      return String.valueOf(getMessage());
    }
  }

  /**
   * What the token refers to is not there: it may come yet, or be there on other nodes already, so
   * that the token need not be invalid for ever.
   */
  public static final class Unknown extends Invalid {
    private static final long serialVersionUID = 1L;

    public Unknown(String reason) {
      super(reason);
    }
  }

  /** Takes a token apart. */
  public static SignedJwt parse(String token) throws Invalid {
    Matcher parts = COMPACT.matcher(token.length() > MAX_LENGTH ? "" : token);
    if (!parts.matches()) {
      throw new Invalid("not a JWS in compact serialization");
    }
    SignedJwt parsed = new SignedJwt(token, object(parts.group(1)), object(parts.group(2)));
    if (parsed.header().has("crit") || parsed.header().has("b64")) {
      throw new Invalid("the header has critical extensions");
    }
    int signature = decode(parts.group(3)).length;
    if (SIGNATURE_LENGTHS.getOrDefault(parsed.algorithm(), signature) != signature) {
      throw new Invalid("the signature has not the length of its algorithm");
    }
    return parsed;
  }

  private static byte[] decode(String part) throws Invalid {
    try {
      return Base64Url.decode(part);
    } catch (IllegalArgumentException e) {
      throw new Invalid("not base64url");
    }
  }

  private static ObjectNode object(String part) throws Invalid {
    try {
      if (Json.parse(decode(part)) instanceof ObjectNode object) {
        return object;
      }
    } catch (IOException e) {
      throw new Invalid("header or claims are not JSON in base64url");
    }
    throw new Invalid("header or claims are no JSON object");
  }

  public String algorithm() {
    return header.path("alg").asText("");
  }

  public Optional<String> kid() {
    return Optional.ofNullable(header.path("kid").textValue());
  }

  /** Whether the header says that it is an access token (RFC 9068 §2.1). */
  public boolean isTypedAccessToken() {
    return header.path("typ").asText("JWT").toLowerCase(Locale.ROOT).endsWith("at+jwt");
  }

  /** A claim that must be a non-empty string. */
  public String text(String claim) throws Invalid {
    String value = claims.path(claim).textValue();
    if (value == null || value.isEmpty()) {
      throw new Invalid("claim '" + claim + "' must be a string");
    }
    return value;
  }

  /** A claim that must be a number of seconds. */
  public long seconds(String claim) throws Invalid {
    JsonNode value = claims.path(claim);
    if (!value.isNumber() || !value.canConvertToLong()) {
      throw new Invalid("claim '" + claim + "' must be a number");
    }
    return value.longValue();
  }

  /** The only audience. */
  public String audience() throws Invalid {
    JsonNode aud = claims.path("aud");
    JsonNode only = aud.isArray() && aud.size() == 1 ? aud.get(0) : aud;
    if (!only.isTextual()) {
      throw new Invalid("claim 'aud' must name one client");
    }
    return only.textValue();
  }

  /** The token stays out. */
  @Override
  public String toString() {
    return "SignedJwt";
  }
}
