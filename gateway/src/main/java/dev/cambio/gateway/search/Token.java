package dev.cambio.gateway.search;

import dev.cambio.gateway.search.SearchQuery.Range;

/** A piece of a query's text. */
sealed interface Token {
  enum Symbol implements Token {
    OPEN("'('"),
    CLOSE("')'"),
    AND("AND"),
    OR("OR"),
    NOT("NOT"),
    END("the end of the query");

    final String shown;

    Symbol(String shown) {
      this.shown = shown;
    }
  }

  /** {@code name:}, what precedes a value. */
  record Field(String name) implements Token {}

  /** A word; the asterisks at its ends are not part of the text. */
  record Word(boolean leadingAsterisk, String text, boolean trailingAsterisk) implements Token {
    boolean isOnlyAsterisk() {
      return text.isEmpty();
    }
  }

  /** A text in quotes, without them. */
  record Phrase(String text) implements Token {}

  record Interval(Range range) implements Token {}
}
