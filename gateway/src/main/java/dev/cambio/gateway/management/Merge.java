package dev.cambio.gateway.management;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Map;

/** Merges JSON as a PATCH of the Management API does. */
public final class Merge {
  private Merge() {}

  /** The stored object with the given members over it: a null removes, an object is merged in. */
  public static ObjectNode deep(ObjectNode stored, ObjectNode given) {
    ObjectNode merged = stored.deepCopy();
    for (Map.Entry<String, JsonNode> member : given.properties()) {
      if (member.getValue().isNull()) {
        merged.remove(member.getKey());
      } else if (member.getValue() instanceof ObjectNode over
          && merged.get(member.getKey()) instanceof ObjectNode under) {
        merged.set(member.getKey(), deep(under, over));
      } else {
        merged.set(member.getKey(), member.getValue());
      }
    }
    return merged;
  }

  /** Takes the nulls out of metadata, which hold nothing. */
  static ObjectNode withoutNullMetadata(ObjectNode payload) {
    if (payload.get("metadata") instanceof ObjectNode metadata) {
      payload.set("metadata", shallow(metadata.objectNode(), metadata));
    }
    return payload;
  }

  /** Like {@link #deep}, but whole at the first level, as metadata is (contract §2.7). */
  public static ObjectNode shallow(ObjectNode stored, ObjectNode given) {
    ObjectNode merged = stored.deepCopy();
    for (Map.Entry<String, JsonNode> member : given.properties()) {
      if (member.getValue().isNull()) {
        merged.remove(member.getKey());
      } else {
        merged.set(member.getKey(), member.getValue());
      }
    }
    return merged;
  }
}
