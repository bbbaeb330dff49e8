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
 * @param origins files of their own that some places come from, by path; a place there is told by
 *     that file
 */
record Entry(String file, String path, ObjectNode json, Map<String, String> origins) {

  /** The whole of one file. */
  Entry(String file, ObjectNode json) {
    this(file, "", json, Map.of());
  }

  /** A complaint about this place. */
  TenantImportException problem(String message) {
    String said = path.isEmpty() ? message : path + ": " + message;
    return new TenantImportException(file + ": " + TenantImportException.shown(said));
  }

  /** The place of a member, for complaints. */
  Entry at(String member) {
    return place(pathOf(member), json);
  }

  private String pathOf(String member) {
    return path.isEmpty() ? member : path + "." + member;
  }

  /** A place below; one with a file of its own begins there. */
  private Entry place(String place, ObjectNode at) {
    String own = origins.get(place);
    return own == null ? new Entry(file, place, at, origins) : new Entry(own, "", at, Map.of());
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
      return place(pathOf(member), JsonNodeFactory.instance.objectNode());
    }
    if (!(json.get(member) instanceof ObjectNode object)) {
      throw at(member).problem("must be a mapping");
    }
    return place(pathOf(member), object);
  }

  /** The mappings of a list; none if absent. */
  List<Entry> list(String member) {
    List<Entry> entries = new ArrayList<>();
    for (JsonNode item : array(member)) {
      String itemPath = pathOf(member) + "[" + entries.size() + "]";
      if (!(item instanceof ObjectNode object)) {
        throw place(itemPath, json).problem("must be a mapping");
      }
      entries.add(place(itemPath, object));
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

  /** A copy of the mapping without some members, and without those that are null. */
  ObjectNode without(Set<String> members) {
    ObjectNode copy = json.deepCopy();
    copy.remove(members);
    copy.properties().removeIf(member -> member.getValue().isNull());
    return copy;
  }
}
