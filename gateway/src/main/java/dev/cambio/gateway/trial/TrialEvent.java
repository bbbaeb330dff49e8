package dev.cambio.gateway.trial;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.cambio.gateway.user.User;
import dev.cambio.model.bus.Json;
import dev.cambio.model.oauth.Actor;
import dev.cambio.model.oauth.ScopeSet;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/** The {@code event} that a trial is given, as far as the decision needs it. */
public record TrialEvent(ObjectNode json) {

  /**
   * Reads a payload: the event, or an object that holds it as a member.
   *
   * @throws TrialException if it is neither
   */
  public static TrialEvent of(JsonNode payload) {
    JsonNode event = payload.path("event").isObject() ? payload.path("event") : payload;
    if (!(event instanceof ObjectNode object)) {
      throw new TrialException("the event must be a JSON object");
    }
    return new TrialEvent(object);
  }

  String text() {
    return Json.write(json);
  }

  /** The tokens in it, which no output may show. */
  List<String> tokens() {
    JsonNode transaction = json.path("transaction");
    return Stream.of("subject_token", "actor_token")
        .map(name -> transaction.path(name).asText(""))
        .filter(token -> !token.isEmpty())
        .toList();
  }

  ScopeSet requestedScopes() {
    Set<String> scopes = new LinkedHashSet<>();
    json.at("/transaction/requested_scopes").forEach(scope -> scopes.add(scope.asText()));
    return new ScopeSet(scopes);
  }

  Optional<Actor> actor() {
    JsonNode sub = json.at("/transaction/actor/sub");
    return sub.isTextual() && !sub.textValue().isEmpty()
        ? Optional.of(Actor.of(sub.textValue()))
        : Optional.empty();
  }

  /** Who logs in, as far as a decision needs it. */
  User user() {
    JsonNodeFactory nodes = JsonNodeFactory.instance;
    return new User(
        json.at("/user/user_id").asText(),
        nodes.objectNode(),
        nodes.objectNode(),
        nodes.objectNode(),
        nodes.arrayNode(),
        false,
        0,
        Instant.EPOCH,
        Instant.EPOCH,
        List.of());
  }

  boolean inOrganization() {
    return json.path("organization").isObject();
  }

  Map<String, JsonNode> metadata() {
    Map<String, JsonNode> metadata = new LinkedHashMap<>();
    json.at("/transaction/metadata")
        .properties()
        .forEach(entry -> metadata.put(entry.getKey(), entry.getValue()));
    return metadata;
  }
}
