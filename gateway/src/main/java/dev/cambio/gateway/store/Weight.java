package dev.cambio.gateway.store;

import com.fasterxml.jackson.databind.JsonNode;
import java.lang.reflect.RecordComponent;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Roughly the bytes of memory that a value takes, by the text in it: enough to keep a cache within
 * its share of the heap, whatever is put into it.
 */
final class Weight {
  /** An object with its references, or an entry of a map. */
  private static final long OBJECT = 64;

  /** What cannot be looked into: a certificate, a key. */
  private static final long OPAQUE = 4096;

  private Weight() {}

  static int of(Object value) {
    return (int) Math.min(Integer.MAX_VALUE, bytes(value));
  }

  private static long bytes(@Nullable Object value) {
    return switch (value) {
      case null -> 0L;
      case String text -> OBJECT + text.length();
      case byte[] bytes -> OBJECT + bytes.length;
      case JsonNode json -> json(json);
      case Optional<?> optional -> optional.map(Weight::bytes).orElse(0L);
      case Map<?, ?> map -> OBJECT + all(map.keySet()) + all(map.values());
      case Iterable<?> values -> OBJECT + all(values);
      case Record record -> components(record);
      case Number _ -> OBJECT;
      case Boolean _ -> 0L;
      case Enum<?> _ -> 0L;
      default -> OPAQUE;
    };
  }

  private static long all(Iterable<?> values) {
    long bytes = 0;
    for (Object value : values) {
      bytes += OBJECT + bytes(value);
    }
    return bytes;
  }

  private static long json(JsonNode node) {
    long bytes = OBJECT + (node.isTextual() ? node.textValue().length() : 0);
    for (Map.Entry<String, JsonNode> member : node.properties()) {
      bytes += 2 * OBJECT + member.getKey().length() + json(member.getValue());
    }
    if (node.isArray()) {
      for (JsonNode item : node) {
        bytes += json(item);
      }
    }
    return bytes;
  }

  private static long components(Record record) {
    long bytes = OBJECT;
    for (RecordComponent component : record.getClass().getRecordComponents()) {
      try {
        component.getAccessor().setAccessible(true);
        bytes += bytes(component.getAccessor().invoke(record));
      } catch (ReflectiveOperationException e) {
        throw new IllegalStateException("a cached record is not readable", e);
      }
    }
    return bytes;
  }
}
