package dev.cambio.gateway.files;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * One mapping of a tenant's files, with its place for complaints.
 *
 * @param path e.g. {@code clients[2].jwt_configuration}; empty for the whole file
 */
record Entry(String file, String path, ObjectNode json) {

  /** A complaint about this place. */
  TenantImportException problem(String message) {
    return new TenantImportException(
        path.isEmpty() ? file + ": " + message : file + ": " + path + ": " + message);
  }

  /** The place of a member, for complaints. */
  Entry at(String member) {
    return new Entry(file, path.isEmpty() ? member : path + "." + member, json);
  }

  boolean has(String member) {
    return !json.path(member).isMissingNode() && !json.path(member).isNull();
  }

  String text(String member) {
    return optionalText(member).orElseThrow(() -> at(member).problem("is required"));
  }

  Optional<String> optionalText(String member) {
    if (!has(member)) {
      return Optional.empty();
    }
    JsonNode value = json.get(member);
    if (!value.isTextual()) {
      throw at(member).problem("must be a string");
    }
    return Optional.of(value.textValue());
  }

  boolean flag(String member, boolean absent) {
    if (!has(member)) {
      return absent;
    }
    if (!json.get(member).isBoolean()) {
      throw at(member).problem("must be true or false");
    }
    return json.get(member).booleanValue();
  }

  /** A member that is a mapping; empty if absent. */
  Entry object(String member) {
    if (!has(member)) {
      return new Entry(file, at(member).path(), JsonNodeFactory.instance.objectNode());
    }
    if (!(json.get(member) instanceof ObjectNode object)) {
      throw at(member).problem("must be a mapping");
    }
    return new Entry(file, at(member).path(), object);
  }

  /** The mappings of a list; none if absent. */
  List<Entry> list(String member) {
    List<Entry> entries = new ArrayList<>();
    for (JsonNode item : array(member)) {
      String itemPath = at(member).path() + "[" + entries.size() + "]";
      if (!(item instanceof ObjectNode object)) {
        throw new Entry(file, itemPath, json).problem("must be a mapping");
      }
      entries.add(new Entry(file, itemPath, object));
    }
    return entries;
  }

  /** The strings of a list; none if absent. */
  List<String> texts(String member) {
    List<String> texts = new ArrayList<>();
    for (JsonNode item : array(member)) {
      if (!item.isTextual()) {
        throw at(member).problem("must be a list of strings");
      }
      texts.add(item.textValue());
    }
    return texts;
  }

  private Iterable<JsonNode> array(String member) {
    if (!has(member)) {
      return List.of();
    }
    JsonNode value = json.get(member);
    if (!value.isArray()) {
      throw at(member).problem("must be a list");
    }
    return value;
  }

  /** The mappings of a list, no two of which may agree in a member that tells them apart. */
  List<Entry> distinct(String member, String key) {
    List<Entry> entries = list(member);
    Map<String, Entry> seen = new HashMap<>();
    for (Entry entry : entries) {
      if (entry.has(key)) {
        Entry earlier = seen.putIfAbsent(entry.text(key), entry);
        if (earlier != null) {
          throw entry
              .at(key)
              .problem("'" + entry.text(key) + "' is also at " + earlier.at(key).path());
        }
      }
    }
    return entries;
  }

  /** Complains about a string that is there, but not one of those. */
  void oneOf(String member, List<String> allowed) {
    optionalText(member)
        .filter(value -> !allowed.contains(value))
        .ifPresent(
            value -> {
              throw at(member)
                  .problem("'" + value + "' is not one of " + String.join(", ", allowed));
            });
  }

  /** Complains about a number that is there, but out of range. */
  void range(String member, long min, long max) {
    if (has(member)) {
      JsonNode value = json.get(member);
      if (!value.isIntegralNumber() || value.longValue() < min || value.longValue() > max) {
        throw at(member).problem("must be a whole number from " + min + " to " + max);
      }
    }
  }

  /** Complains about a string that is there, but longer or shorter than allowed. */
  void length(String member, int min, int max) {
    optionalText(member)
        .filter(value -> value.length() < min || value.length() > max)
        .ifPresent(
            value -> {
              throw at(member).problem("must have " + min + " to " + max + " characters");
            });
  }

  /** A copy of the mapping without some members, over defaults. */
  ObjectNode payload(ObjectNode defaults, Set<String> without) {
    ObjectNode payload = defaults.deepCopy();
    for (Map.Entry<String, JsonNode> member : json.properties()) {
      if (!without.contains(member.getKey()) && !member.getValue().isNull()) {
        payload.set(member.getKey(), member.getValue());
      }
    }
    return payload;
  }
}
