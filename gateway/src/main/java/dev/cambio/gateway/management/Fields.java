package dev.cambio.gateway.management;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Set;

/** The {@code fields} and {@code include_fields} parameters (contract management-api §1.3). */
final class Fields {
  private Fields() {}

  /** The entity with the fields that the call asks for. */
  static ObjectNode of(Call call, ObjectNode entity) {
    return call.query()
        .text("fields")
        .filter(fields -> !fields.isBlank())
        .map(fields -> select(entity, names(fields), call))
        .orElse(entity);
  }

  private static Set<String> names(String fields) {
    return new HashSet<>(Arrays.asList(fields.strip().split("\\s*,\\s*")));
  }

  private static ObjectNode select(ObjectNode entity, Set<String> fields, Call call) {
    return call.query().flag("include_fields").orElse(true)
        ? entity.retain(fields)
        : entity.remove(fields);
  }
}
