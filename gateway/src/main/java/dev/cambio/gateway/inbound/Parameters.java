package dev.cambio.gateway.inbound;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.cambio.gateway.error.OAuthException.MediaTypeUnsupported;
import dev.cambio.gateway.error.OAuthException.RequestInvalid;
import dev.cambio.gateway.store.StorableText;
import dev.cambio.model.bus.Json;
import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * The parameters of a token request, each with one value (RFC 6749 §3.2: a repeated parameter is an
 * error). Form and JSON bodies read alike (contract token-endpoint §1.1).
 *
 * @param values in the order sent; empty strings included
 */
public record Parameters(Map<String, String> values) {
  /** Of a request whose body has not been read. */
  public static final Parameters NONE = new Parameters(Map.of());

  static final int MAX_PARAMETERS = 256;

  public Parameters {
    values.forEach(Parameters::requireText);
    values = Collections.unmodifiableMap(new LinkedHashMap<>(values));
  }

  /** Identifiers are looked up as they are, or not at all. */
  private static void requireText(String name, String value) {
    if (!StorableText.is(name) || !StorableText.is(value)) {
      throw new RequestInvalid(
          name.indexOf('\0') >= 0 || value.indexOf('\0') >= 0
              ? "The request contains the character U+0000"
              : "The request contains half a surrogate pair");
    }
  }

  /** Reads the body by its media type. */
  public static Parameters parse(InboundRequest request) {
    String contentType = request.header("content-type").orElseThrow(MediaTypeUnsupported::new);
    int end = contentType.indexOf(';');
    String mediaType =
        (end < 0 ? contentType : contentType.substring(0, end)).strip().toLowerCase(Locale.ROOT);
    return switch (mediaType) {
      case "application/x-www-form-urlencoded" -> FormBody.parse(request.body());
      case "application/json" -> parseJson(request.body());
      default -> throw new MediaTypeUnsupported();
    };
  }

  private static Parameters parseJson(byte[] body) {
    JsonNode json;
    try {
      json = Json.parse(body);
    } catch (CharacterCodingException e) {
      throw new RequestInvalid("The request body is not valid UTF-8");
    } catch (IOException e) {
      throw new RequestInvalid("The request body is not valid JSON");
    }
    if (!(json instanceof ObjectNode object)) {
      throw new RequestInvalid("The request body must be one JSON object");
    }
    if (object.size() > MAX_PARAMETERS) {
      throw new RequestInvalid("The request has too many parameters");
    }
    Map<String, String> values = new LinkedHashMap<>();
    for (Map.Entry<String, JsonNode> member : object.properties()) {
      if (!member.getValue().isTextual()) {
        throw RequestInvalid.naming("Parameter '%s' must be a string", member.getKey());
      }
      values.put(member.getKey(), member.getValue().textValue());
    }
    return new Parameters(values);
  }

  /** A parameter's value; an empty one counts as not sent. */
  public Optional<String> find(String name) {
    return Optional.ofNullable(values.get(name)).filter(value -> !value.isEmpty());
  }

  /** A parameter's value. */
  public String require(String name) {
    return find(name).orElseThrow(() -> new RequestInvalid("Missing required parameter: " + name));
  }

  /** Names only; values may be tokens and secrets. */
  @Override
  public String toString() {
    return "Parameters" + values.keySet();
  }
}
