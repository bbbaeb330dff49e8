package dev.cambio.gateway.stream;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/** Masks what entries say of persons, as {@code pii_config} of a stream wants it. */
final class PersonalData {
  private static final String MASK = "***";

  /** Members of entries that may hold each kind. */
  private static final Map<String, Set<String>> MEMBERS =
      Map.of(
          "first_name", Set.of("first_name", "given_name", "name"),
          "last_name", Set.of("last_name", "family_name", "name"),
          "username", Set.of("username", "user_name", "nickname"),
          "email", Set.of("email", "user_name"),
          "phone", Set.of("phone", "phone_number"),
          "address", Set.of("address"));

  private PersonalData() {}

  /** Masks, in place and at any depth, the members that may hold one of the kinds. */
  static void mask(ObjectNode entry, Set<String> kinds) {
    Set<String> members = new HashSet<>();
    kinds.forEach(kind -> members.addAll(MEMBERS.getOrDefault(kind, Set.of())));
    if (!members.isEmpty()) {
      maskMembers(entry, members);
    }
  }

  private static void maskMembers(JsonNode node, Set<String> members) {
    if (node instanceof ObjectNode object) {
      for (Map.Entry<String, JsonNode> member : object.properties()) {
        if (members.contains(member.getKey())) {
          member.setValue(object.textNode(MASK));
        }
      }
    }
    node.forEach(child -> maskMembers(child, members));
  }
}
