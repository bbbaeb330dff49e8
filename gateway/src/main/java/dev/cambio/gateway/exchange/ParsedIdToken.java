package dev.cambio.gateway.exchange;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.cambio.model.bus.Json;
import java.io.IOException;
import java.util.Base64;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * An ID token taken apart, not yet believed. Strict: compact serialization, base64url without
 * padding, JSON objects without duplicate members (RFC 7515 §5.2).
 */
record ParsedIdToken(ObjectNode header, ObjectNode claims) {
  private static final int MAX_LENGTH = 64 * 1024;
  private static final Pattern COMPACT =
      Pattern.compile("([A-Za-z0-9_-]++)\\.([A-Za-z0-9_-]++)\\.[A-Za-z0-9_-]++");

  /** Thrown with the reason for which a token is no valid ID token. */
  static final class Invalid extends Exception {
    private static final long serialVersionUID = 1L;

    Invalid(String reason) {
      super(reason, null, false, false);
    }

    String reason() {
      return String.valueOf(getMessage());
    }
  }

  static ParsedIdToken parse(String token) throws Invalid {
    Matcher parts = COMPACT.matcher(token.length() > MAX_LENGTH ? "" : token);
    if (!parts.matches()) {
      throw new Invalid("not a JWS in compact serialization");
    }
    ParsedIdToken parsed = new ParsedIdToken(object(parts.group(1)), object(parts.group(2)));
    if (parsed.header().has("crit") || parsed.header().has("b64")) {
      throw new Invalid("the header has critical extensions");
    }
    if (parsed.header().path("typ").asText("JWT").toLowerCase(Locale.ROOT).endsWith("at+jwt")) {
      throw new Invalid("an access token is no ID token");
    }
    return parsed;
  }

  private static ObjectNode object(String part) throws Invalid {
    try {
      if (Json.parse(Base64.getUrlDecoder().decode(part)) instanceof ObjectNode object) {
        return object;
      }
    } catch (IOException | IllegalArgumentException e) {
      throw new Invalid("header or claims are not JSON in base64url");
    }
    throw new Invalid("header or claims are no JSON object");
  }

  String algorithm() {
    return header.path("alg").asText("");
  }

  Optional<String> kid() {
    return Optional.ofNullable(header.path("kid").textValue());
  }

  /** A claim that must be a non-empty string. */
  String text(String claim) throws Invalid {
    String value = claims.path(claim).textValue();
    if (value == null || value.isEmpty()) {
      throw new Invalid("claim '" + claim + "' must be a string");
    }
    return value;
  }

  /** A claim that must be a number of seconds. */
  long seconds(String claim) throws Invalid {
    JsonNode value = claims.path(claim);
    if (!value.isNumber() || !value.canConvertToLong()) {
      throw new Invalid("claim '" + claim + "' must be a number");
    }
    return value.longValue();
  }

  /** The only audience. */
  String audience() throws Invalid {
    JsonNode aud = claims.path("aud");
    JsonNode only = aud.isArray() && aud.size() == 1 ? aud.get(0) : aud;
    if (!only.isTextual()) {
      throw new Invalid("claim 'aud' must name one client");
    }
    return only.textValue();
  }
}
