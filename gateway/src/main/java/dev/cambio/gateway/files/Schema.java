package dev.cambio.gateway.files;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.HashMap;
import java.util.Map;

/** The properties that a mapping may have, with the type of each. A null counts as absent. */
final class Schema {
  private final Map<String, Type> properties = new HashMap<>();

  private enum Type {
    STRING("a string"),
    FLAG("true or false"),
    NUMBER("a whole number"),
    STRINGS("a list of strings"),
    LIST("a list"),
    MAPPING("a mapping"),
    ANYTHING("anything");

    private final String description;

    Type(String description) {
      this.description = description;
    }

    private boolean fits(JsonNode value) {
      return switch (this) {
        case STRING -> value.isTextual();
        case FLAG -> value.isBoolean();
        case NUMBER -> value.isIntegralNumber();
        case STRINGS -> isListOfStrings(value);
        case LIST -> value.isArray();
        case MAPPING -> value.isObject();
        case ANYTHING -> true;
      };
    }

    private static boolean isListOfStrings(JsonNode value) {
      boolean strings = value.isArray();
      for (JsonNode item : value) {
        strings &= item.isTextual();
      }
      return strings;
    }
  }

  Schema strings(String... names) {
    return with(Type.STRING, names);
  }

  Schema flags(String... names) {
    return with(Type.FLAG, names);
  }

  Schema numbers(String... names) {
    return with(Type.NUMBER, names);
  }

  Schema stringLists(String... names) {
    return with(Type.STRINGS, names);
  }

  Schema lists(String... names) {
    return with(Type.LIST, names);
  }

  Schema mappings(String... names) {
    return with(Type.MAPPING, names);
  }

  /** Properties that are stored as they are. */
  Schema opaque(String... names) {
    return with(Type.ANYTHING, names);
  }

  private Schema with(Type type, String... names) {
    for (String name : names) {
      properties.put(name, type);
    }
    return this;
  }

  /** Complains about the first property that is not known or of another type. */
  void check(Entry entry) {
    for (Map.Entry<String, JsonNode> member : entry.json().properties()) {
      Type type = properties.get(member.getKey());
      if (type == null) {
        throw entry.at(member.getKey()).problem("is not a known property");
      }
      if (!member.getValue().isNull() && !type.fits(member.getValue())) {
        throw entry.at(member.getKey()).problem("must be " + type.description);
      }
    }
  }
}
