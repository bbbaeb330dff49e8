package dev.cambio.gateway.search;

import static dev.cambio.gateway.search.SearchException.quote;

import dev.cambio.gateway.search.SearchField.Document;
import java.util.List;
import java.util.Map;

/**
 * The fields of one kind of entity.
 *
 * @param byName every field; queries cannot name others
 * @param defaults names of the fields that a term without a field is compared with
 */
public record SearchFields(Map<String, SearchField> byName, List<String> defaults) {
  private static final int MAX_PATH = 10;

  public SearchFields {
    byName = Map.copyOf(byName);
    defaults = List.copyOf(defaults);
    if (!byName.keySet().containsAll(defaults)) {
      throw new IllegalArgumentException("a default field is missing");
    }
  }

  /**
   * The condition that rows must meet.
   *
   * @param parametersBefore how many parameters the statement has already
   * @throws SearchException if a field is unknown, or does not support what the query asks of it
   */
  public SqlCondition condition(SearchQuery query, int parametersBefore) {
    return new ConditionWriter(this, parametersBefore).write(query);
  }

  /** A field, and for documents the way into it. */
  record Resolved(String name, SearchField field, List<String> path) {}

  Resolved resolve(String name) {
    SearchField field = byName.get(name);
    if (field != null && !(field instanceof Document)) {
      return new Resolved(name, field, List.of());
    }
    int dot = name.indexOf('.');
    if (dot > 0 && byName.get(name.substring(0, dot)) instanceof Document document) {
      return new Resolved(name, document, path(name, name.substring(dot + 1)));
    }
    if (field != null) {
      throw new SearchException(quote(name) + " needs the path of a property, e.g. " + name + ".x");
    }
    throw new SearchException("unknown search field " + quote(name));
  }

  private static List<String> path(String name, String dotted) {
    List<String> path = List.of(dotted.split("\\.", -1));
    if (path.size() > MAX_PATH || path.contains("")) {
      throw new SearchException("not a path of a property: " + quote(name));
    }
    return path;
  }
}
