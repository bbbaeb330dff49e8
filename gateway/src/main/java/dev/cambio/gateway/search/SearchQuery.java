package dev.cambio.gateway.search;

import dev.cambio.gateway.store.StorableText;
import java.util.List;
import java.util.Optional;

/** A search query, understood but not yet related to fields that exist. */
public sealed interface SearchQuery {
  /** Longest query, in UTF-16 units. */
  int MAX_LENGTH = 2000;

  /** Most comparisons in one query. */
  int MAX_TERMS = 100;

  /** Deepest nesting of parentheses and {@code NOT}. */
  int MAX_DEPTH = 20;

  /**
   * Reads {@code field:value}, {@code field:"exact value"}, {@code *} at either end of a value,
   * {@code [a TO b]} and {@code {a TO b}}, {@code _exists_:field}, {@code AND}, {@code OR}, {@code
   * NOT}, parentheses and backslash escapes. {@code NOT} binds more closely than {@code AND}, and
   * that more than {@code OR}; terms side by side are alternatives, as in Lucene, except that
   * {@code a NOT b} excludes b. A blank query finds everything.
   *
   * @throws SearchException if the text is not such a query, or exceeds a limit
   */
  static SearchQuery parse(String text) {
    if (text.length() > MAX_LENGTH) {
      throw new SearchException("the query is longer than " + MAX_LENGTH + " characters");
    }
    if (!StorableText.is(text)) {
      throw new SearchException("the query contains the character U+0000 or half a surrogate pair");
    }
    return new Parser(new Lexer(text)).query();
  }

  /** {@code *}. */
  record Everything() implements SearchQuery {}

  record AllOf(List<SearchQuery> operands) implements SearchQuery {}

  record AnyOf(List<SearchQuery> operands) implements SearchQuery {}

  record Not(SearchQuery operand) implements SearchQuery {}

  /** {@code _exists_:field}: the field has a value. */
  record Exists(String field) implements SearchQuery {}

  /**
   * One comparison.
   *
   * @param field absent where the query names none, and the default fields are meant
   */
  record Term(Optional<String> field, Comparison comparison) implements SearchQuery {}

  /** How a value is compared. */
  sealed interface Comparison {}

  /** The whole value. */
  record Equal(String text) implements Comparison {}

  /** {@code text*}. */
  record StartsWith(String text) implements Comparison {}

  /** {@code *text}. */
  record EndsWith(String text) implements Comparison {}

  /** {@code *text*}. */
  record Contains(String text) implements Comparison {}

  record Range(Bound lower, Bound upper) implements Comparison {}

  /**
   * One end of a range.
   *
   * @param value absent if the range is open at this end
   */
  record Bound(Optional<String> value, boolean inclusive) {}
}
