package dev.cambio.model.oauth;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Who acts for the subject: the {@code act} claim (RFC 8693 §4.1) with the rules of contract
 * token-endpoint §4.3.
 *
 * @param sub the acting party, never empty
 * @param properties at most {@value #MAX_PROPERTIES} further members: strings of up to 1024
 *     characters, numbers or booleans
 * @param act the party that acted before, if there was one; at most {@value #MAX_DEPTH} actors in
 *     all
 */
public record Actor(String sub, Map<String, JsonNode> properties, @Nullable Actor act) {
  public static final int MAX_DEPTH = 5;
  public static final int MAX_PROPERTIES = 5;
  private static final int MAX_STRING = 1024;
  private static final Set<String> REFUSED_NAMES = Set.of("__proto__", "constructor", "prototype");

  public Actor {
    properties = Map.copyOf(properties);
    if (sub.isEmpty() || sub.length() > MAX_STRING) {
      throw new IllegalArgumentException("actor.sub must be a non-empty string");
    }
    if (properties.size() > MAX_PROPERTIES) {
      throw new IllegalArgumentException("an actor has at most 5 properties besides sub and act");
    }
    properties.forEach(Actor::checkProperty);
    if (depth(act) >= MAX_DEPTH) {
      throw new IllegalArgumentException("an actor chain has at most 5 levels");
    }
  }

  /** An actor without further properties. */
  public static Actor of(String sub) {
    return new Actor(sub, Map.of(), null);
  }

  private static void checkProperty(String name, JsonNode value) {
    boolean allowed = value.isTextual() || value.isBoolean() || value.isNumber();
    if (!allowed || REFUSED_NAMES.contains(name)) {
      throw new IllegalArgumentException("actor property '" + name + "' is not allowed");
    }
    if (value.isTextual() && value.textValue().length() > MAX_STRING) {
      throw new IllegalArgumentException("actor property '" + name + "' is too long");
    }
  }

  private static int depth(@Nullable Actor actor) {
    return actor == null ? 0 : 1 + depth(actor.act());
  }

  /**
   * Reads the claim's JSON form; throws {@link IllegalArgumentException} where a rule is broken.
   */
  @JsonCreator(mode = JsonCreator.Mode.DELEGATING)
  public static Actor fromJson(ObjectNode json) {
    return fromJson(json, 1);
  }

  private static Actor fromJson(ObjectNode json, int level) {
    if (level > MAX_DEPTH) {
      throw new IllegalArgumentException("an actor chain has at most 5 levels");
    }
    JsonNode sub = json.path("sub");
    if (!sub.isTextual()) {
      throw new IllegalArgumentException("actor.sub must be a non-empty string");
    }
    Map<String, JsonNode> properties = new LinkedHashMap<>();
    json.properties().forEach(member -> properties.put(member.getKey(), member.getValue()));
    properties.remove("sub");
    JsonNode act = properties.remove("act");
    return new Actor(sub.textValue(), properties, act == null ? null : nested(act, level));
  }

  private static Actor nested(JsonNode act, int level) {
    if (!(act instanceof ObjectNode object)) {
      throw new IllegalArgumentException("actor.act must be an object");
    }
    return fromJson(object, level + 1);
  }

  /** The claim as it appears in tokens. */
  @JsonValue
  public ObjectNode toJson() {
    ObjectNode json = JsonNodeFactory.instance.objectNode().put("sub", sub);
    properties.forEach(json::set);
    if (act != null) {
      json.set("act", act.toJson());
    }
    return json;
  }

  /** The chain with nothing but {@code sub} at each level, as tenant logs hold it (§10.2). */
  public ObjectNode subjectsOnly() {
    ObjectNode json = JsonNodeFactory.instance.objectNode().put("sub", sub);
    if (act != null) {
      json.set("act", act.subjectsOnly());
    }
    return json;
  }
}
