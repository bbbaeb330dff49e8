package dev.cambio.gateway.search;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.cambio.model.bus.Json;
import java.math.BigDecimal;
import java.util.List;
import java.util.regex.Pattern;

/** SQL/JSON path expressions. Lax mode goes through arrays on the way and at its end. */
final class JsonPaths {
  private static final Pattern NUMBER = Pattern.compile("-?(0|[1-9][0-9]{0,30})(\\.[0-9]{1,30})?");

  private JsonPaths() {}

  /** There is something at the path: not null, not an empty array, not an empty object. */
  static String present(List<String> path) {
    return accessors(path) + " ? (@ != null && (@.type() != \"object\" || exists (@.*)))";
  }

  /** The value at the path, or an element of it, is one of {@link #values}. */
  static String equal(List<String> path) {
    return accessors(path) + " ? (@ == $text || @ == $scalar)";
  }

  /** What a text may mean: itself, and the number or boolean that it spells. */
  static String values(String text) {
    ObjectNode values = JsonNodeFactory.instance.objectNode().put("text", text);
    if (text.equals("true") || text.equals("false")) {
      values.put("scalar", Boolean.parseBoolean(text));
    } else if (NUMBER.matcher(text).matches()) {
      values.put("scalar", new BigDecimal(text));
    } else {
      values.put("scalar", text);
    }
    return Json.write(values);
  }

  /** Keys are quoted as JSON strings, so nothing in them is read as an expression. */
  private static String accessors(List<String> path) {
    StringBuilder accessors = new StringBuilder("lax $");
    path.forEach(key -> accessors.append('.').append(Json.write(key)));
    return accessors.toString();
  }
}
