package dev.cambio.gateway.search;

import static dev.cambio.gateway.search.SearchException.quote;

import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The fields by which one kind of entity can be sorted.
 *
 * @param byName every such field
 * @param unique the expression that decides between equals, so that pages never overlap
 */
public record SortFields(Map<String, Column> byName, String unique) {
  private static final Pattern SORT = Pattern.compile("([^:]+):(-?1)");

  /**
   * An expression to sort by.
   *
   * @param nullable whether rows may lack it; they come last in either direction
   */
  public record Column(String sql, boolean nullable) {}

  public SortFields {
    byName = Map.copyOf(byName);
  }

  /**
   * What stands after {@code order by} for {@code field:1} (ascending) or {@code field:-1}.
   *
   * @throws SearchException if the text is something else, or the field is not one of ours
   */
  public String orderBy(String sort) {
    Matcher parts = SORT.matcher(sort);
    if (!parts.matches()) {
      throw new SearchException("sort must be 'field:1' or 'field:-1'");
    }
    Column column = byName.get(parts.group(1));
    if (column == null) {
      throw new SearchException("cannot sort by " + quote(parts.group(1)));
    }
    boolean descending = parts.group(2).equals("-1");
    String direction = descending ? " desc" : "";
    // Said only where it matters: an index read backwards does not have its nulls last.
    String nulls = descending && column.nullable() ? " nulls last" : "";
    return column.sql() + direction + nulls + ", " + unique + direction;
  }
}
