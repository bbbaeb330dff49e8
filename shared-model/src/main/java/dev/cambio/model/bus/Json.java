package dev.cambio.model.bus;

import com.fasterxml.jackson.annotation.JsonAutoDetect.Visibility;
import com.fasterxml.jackson.annotation.JsonSetter;
import com.fasterxml.jackson.annotation.Nulls;
import com.fasterxml.jackson.annotation.PropertyAccessor;
import com.fasterxml.jackson.core.JsonGenerationException;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.core.json.JsonWriteFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/**
 * The one way in which Cambio reads and writes JSON: duplicate keys, trailing text and unknown
 * members of a record are errors, and nesting and number lengths are bounded.
 */
public final class Json {
  private static final int MAX_NESTING = 64;

  /** What any number comes to that PostgreSQL's jsonb writes out, as it does 1e308 and 5e-324. */
  private static final int MAX_NUMBER_LENGTH = 400;

  /** For other notations whose values become JSON. */
  public static final StreamReadConstraints CONSTRAINTS =
      StreamReadConstraints.builder()
          .maxNestingDepth(MAX_NESTING)
          .maxNumberLength(MAX_NUMBER_LENGTH)
          .build();

  private static final ObjectMapper MAPPER = mapper();

  private Json() {}

  private static ObjectMapper mapper() {
    JsonMapper mapper =
        JsonMapper.builder()
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .enable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
            .disable(StreamReadFeature.INCLUDE_SOURCE_IN_LOCATION)
            .build();
    // A record is its components, whatever it can be asked besides.
    mapper.setVisibility(PropertyAccessor.GETTER, Visibility.NONE);
    mapper.setVisibility(PropertyAccessor.IS_GETTER, Visibility.NONE);
    mapper.setVisibility(PropertyAccessor.FIELD, Visibility.ANY);
    // A member that may be null or absent says so with @JsonSetter(nulls = Nulls.SET).
    mapper.setDefaultSetterInfo(JsonSetter.Value.forValueNulls(Nulls.FAIL));
    mapper.getFactory().setStreamReadConstraints(CONSTRAINTS);
    return mapper;
  }

  public static JsonNode parse(String text) throws JsonProcessingException {
    return MAPPER.readTree(text);
  }

  /** Strictly UTF-8 (RFC 8259 §8.1), where the parser would guess other encodings. */
  public static JsonNode parse(byte[] utf8) throws IOException {
    return parse(StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(utf8)).toString());
  }

  /**
   * The text of one member of an object in an object, found without building a tree of the rest.
   *
   * @param most tokens that are looked at before the member, so that a large text costs no more
   * @return empty if the member is not there, not that early, or no text; whether the rest is JSON
   *     is not looked at
   */
  public static Optional<String> peek(String text, String outer, String inner, int most) {
    try (JsonParser in = MAPPER.createParser(text)) {
      boolean inside = false;
      int depth = 0;
      for (int i = 0; i < most; i++) {
        JsonToken token = in.nextToken();
        if (token == null) {
          return Optional.empty();
        }
        if (token.isStructStart()) {
          depth++;
        } else if (token.isStructEnd() && --depth < 2) {
          inside = false;
        } else if (token == JsonToken.FIELD_NAME && depth == 1) {
          inside = in.currentName().equals(outer);
        } else if (token == JsonToken.VALUE_STRING
            && inside
            && depth == 2
            && inner.equals(in.currentName())) {
          return Optional.of(in.getText());
        }
      }
      return Optional.empty();
    } catch (IOException e) {
      return Optional.empty();
    }
  }

  public static <T> T read(String text, Class<T> type) throws JsonProcessingException {
    return MAPPER.readValue(text, type);
  }

  public static <T> T read(byte[] utf8, Class<T> type) throws IOException {
    return MAPPER.readValue(utf8, type);
  }

  /** Writes a value that is known to be writable: our own records and trees. */
  public static String write(Object value) {
    try {
      return MAPPER.writeValueAsString(value);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("not writable as JSON: " + value.getClass(), e);
    }
  }

  /** The tree of a value that is known to be writable. */
  public static JsonNode tree(Object value) {
    return MAPPER.valueToTree(value);
  }

  /**
   * Like {@link #write}, in UTF-8. Halves of surrogate pairs, which UTF-8 cannot say, are escaped.
   */
  public static byte[] writeBytes(Object value) {
    try {
      return MAPPER.writeValueAsBytes(value);
    } catch (JsonGenerationException e) {
      return escaped(value);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("not writable as JSON: " + value.getClass(), e);
    }
  }

  private static byte[] escaped(Object value) {
    try {
      return MAPPER.writer().with(JsonWriteFeature.ESCAPE_NON_ASCII).writeValueAsBytes(value);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("not writable as JSON: " + value.getClass(), e);
    }
  }
}
