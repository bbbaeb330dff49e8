package dev.cambio.gateway.trial;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * Replaces secrets and tokens in what a trial shows of commands and decisions; console, errors and
 * requests come masked from the runtime.
 *
 * @param values longest first, since one may be part of another
 */
record TrialMask(List<String> values) {
  private static final int MIN_SECRET = 8;

  /** Test events often have a user id or another short word where a token would be. */
  private static final int MIN_TOKEN = 20;

  static TrialMask of(TriedAction action, TrialEvent event) {
    return new TrialMask(
        Stream.concat(
                action.secrets().values().stream().filter(value -> value.length() >= MIN_SECRET),
                event.tokens().stream().filter(token -> token.length() >= MIN_TOKEN))
            .sorted(Comparator.comparingInt(String::length).reversed())
            .toList());
  }

  String mask(String text) {
    String masked = text;
    for (String value : values) {
      masked = masked.replace(value, "[redacted]");
    }
    return masked;
  }

  /** A copy with every text in it masked, names of members too. */
  JsonNode mask(JsonNode json) {
    return switch (json) {
      case TextNode text -> TextNode.valueOf(mask(text.textValue()));
      case ArrayNode list -> {
        ArrayNode masked = JsonNodeFactory.instance.arrayNode();
        list.forEach(item -> masked.add(mask(item)));
        yield masked;
      }
      case ObjectNode object -> {
        ObjectNode masked = JsonNodeFactory.instance.objectNode();
        for (Map.Entry<String, JsonNode> member : object.properties()) {
          masked.set(mask(member.getKey()), mask(member.getValue()));
        }
        yield masked;
      }
      default -> json;
    };
  }
}
