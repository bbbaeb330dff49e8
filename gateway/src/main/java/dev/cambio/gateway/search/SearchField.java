package dev.cambio.gateway.search;

/**
 * A field that queries may name, and its expression in SQL. The expression is ours, never the
 * caller's.
 */
public sealed interface SearchField {

  /**
   * A text.
   *
   * @param folded whether the expression is in lower case, and values are to be brought to it; else
   *     comparisons are exact
   */
  record Text(String sql, boolean folded) implements SearchField {}

  /** A {@code timestamptz}. A date of a query stands for the whole day, month or year. */
  record Timestamp(String sql) implements SearchField {}

  /** A {@code bigint}. */
  record WholeNumber(String sql) implements SearchField {}

  /** A {@code boolean}. */
  record Flag(String sql) implements SearchField {}

  /**
   * A {@code jsonb} object; what follows the field's name and a dot is a path into it. Paths go
   * through arrays, and compare with each element. No wildcards, no ranges.
   */
  record Document(String sql) implements SearchField {}

  /**
   * A field of rows that belong to the one searched for.
   *
   * @param before what precedes the condition on the field, e.g. {@code exists (select … and }
   * @param after what closes it
   */
  record OfRelated(String before, SearchField field, String after) implements SearchField {}
}
