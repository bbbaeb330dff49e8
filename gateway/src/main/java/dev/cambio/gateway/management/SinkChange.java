package dev.cambio.gateway.management;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.cambio.gateway.store.Payload;
import dev.cambio.gateway.stream.FileSink;
import dev.cambio.gateway.stream.Webhook;
import java.util.HashSet;
import java.util.Locale;
import java.util.Set;

/**
 * The sink of a log stream after a call: what is shown of it, and its secrets apart. A header
 * without a value keeps the one it has, as long as it goes to the same receiver: at an endpoint of
 * another scheme, host or port, secrets that are not given again are gone.
 *
 * @param secrets {@code httpAuthorization}, and header values under {@code headers}
 * @param dropped whether there were secrets, for another receiver, that are gone
 */
record SinkChange(ObjectNode shown, ObjectNode secrets, boolean dropped) {
  private static final String AUTHORIZATION = "httpAuthorization";
  private static final String HEADERS = "httpCustomHeaders";
  private static final String VALUES = "headers";

  static SinkChange create(String type, ObjectNode given) {
    ObjectNode nothing = JsonNodeFactory.instance.objectNode();
    return update(type, nothing, nothing, given);
  }

  static SinkChange update(String type, ObjectNode stored, ObjectNode known, ObjectNode given) {
    ObjectNode merged = Merge.shallow(stored, given);
    merged.remove(AUTHORIZATION);
    if (type.equals("file")) {
      return file(merged, given);
    }
    boolean moved =
        !Webhook.sameReceiver(
            stored.path("httpEndpoint").asText(), merged.path("httpEndpoint").asText());
    if (!moved || known.isEmpty()) {
      return http(merged, known, given);
    }
    if (!given.has(HEADERS)) {
      merged.remove(HEADERS);
    }
    return http(merged, JsonNodeFactory.instance.objectNode(), given).withoutAll(known);
  }

  /** The same, noting whether something of what was known is not in it any more. */
  private SinkChange withoutAll(ObjectNode known) {
    Set<String> given = names(Payload.member(secrets, VALUES));
    boolean lost =
        (known.has(AUTHORIZATION) && !secrets.has(AUTHORIZATION))
            || !given.containsAll(names(Payload.member(known, VALUES)));
    return new SinkChange(shown, secrets, lost);
  }

  private static SinkChange file(ObjectNode merged, ObjectNode given) {
    for (String member : names(given)) {
      requireMember(member.equals("path"), member);
    }
    String path = merged.path("path").asText();
    if (!FileSink.isPath(path)) {
      throw problem("path", "Expected names separated by slashes, without dots in front");
    }
    return new SinkChange(merged, JsonNodeFactory.instance.objectNode(), false);
  }

  private static SinkChange http(ObjectNode merged, ObjectNode known, ObjectNode given) {
    requireMember(!given.has("path"), "path");
    if (!merged.has("httpEndpoint")) {
      throw ManagementException.invalidBody(
          new Violation("sink", "Missing required property: httpEndpoint"));
    }
    if (!Webhook.isEndpoint(merged.path("httpEndpoint").asText())) {
      throw problem("httpEndpoint", "Expected an https URL without user name and fragment");
    }
    requireValue(merged.path("httpContentType").asText(), "httpContentType");
    ObjectNode secrets = JsonNodeFactory.instance.objectNode();
    JsonNode authorization =
        given.has(AUTHORIZATION) ? given.get(AUTHORIZATION) : known.path(AUTHORIZATION);
    if (authorization.isTextual()) {
      requireValue(authorization.asText(), AUTHORIZATION);
      secrets.set(AUTHORIZATION, authorization);
    }
    if (merged.get(HEADERS) instanceof ArrayNode headers) {
      ObjectNode values = values(headers, Payload.member(known, VALUES));
      ArrayNode names = merged.putArray(HEADERS);
      values.fieldNames().forEachRemaining(name -> names.addObject().put("header", name));
      if (!values.isEmpty()) {
        secrets.set(VALUES, values);
      }
    }
    return new SinkChange(merged, secrets, false);
  }

  private static ObjectNode values(ArrayNode headers, ObjectNode known) {
    ObjectNode values = JsonNodeFactory.instance.objectNode();
    Set<String> seen = new HashSet<>();
    for (int i = 0; i < headers.size(); i++) {
      String name = headers.get(i).path("header").asText();
      String at = HEADERS + "[" + i + "].";
      if (!Webhook.isHeader(name)) {
        throw problem(at + "header", "Not a header that can be set");
      }
      if (!seen.add(name.toLowerCase(Locale.ROOT))) {
        throw problem(at + "header", "Given more than once");
      }
      JsonNode value = headers.get(i).has("value") ? headers.get(i).get("value") : known.path(name);
      if (!value.isTextual()) {
        throw problem(at.substring(0, at.length() - 1), "Missing required property: value");
      }
      requireValue(value.asText(), at + "value");
      values.set(name, value);
    }
    return values;
  }

  private static void requireValue(String value, String at) {
    if (!Webhook.isHeaderValue(value)) {
      throw problem(at, "String contains a character that is not allowed");
    }
  }

  private static void requireMember(boolean fits, String member) {
    if (!fits) {
      throw ManagementException.invalidBody(
          new Violation("sink", "Additional properties not allowed: " + member));
    }
  }

  private static Set<String> names(ObjectNode object) {
    Set<String> names = new HashSet<>();
    object.fieldNames().forEachRemaining(names::add);
    return names;
  }

  private static ManagementException problem(String at, String detail) {
    return ManagementException.invalidBody(new Violation("sink." + at, detail));
  }

  /** Secrets stay out. */
  @Override
  public String toString() {
    return "SinkChange" + shown;
  }
}
