package dev.cambio.gateway.search;

import static dev.cambio.gateway.search.SearchException.quote;

import dev.cambio.gateway.search.SearchQuery.Bound;
import dev.cambio.gateway.search.SearchQuery.Range;
import dev.cambio.gateway.search.Token.Symbol;
import java.util.Optional;

/** Cuts a query into tokens. Used by one thread. */
final class Lexer {
  private static final String WORD_ENDS = "()[]{}\"";
  private static final String FOREIGN_OPERATORS = "+-!&";

  private final String text;
  private int position;

  Lexer(String text) {
    this.text = text;
  }

  /**
   * The next token.
   *
   * @param afterField whether a value must follow, which may contain colons and begin with a sign
   */
  Token next(boolean afterField) {
    skipSpace();
    if (atEnd()) {
      return Symbol.END;
    }
    char first = text.charAt(position);
    return switch (first) {
      case '(' -> symbol(Symbol.OPEN);
      case ')' -> symbol(Symbol.CLOSE);
      case '"' -> new Token.Phrase(quoted());
      case '[', '{' -> interval();
      case ']', '}' -> throw unexpected();
      default -> word(afterField);
    };
  }

  private Symbol symbol(Symbol symbol) {
    position++;
    return symbol;
  }

  private Token word(boolean afterField) {
    refuseForeignSyntax(afterField);
    int start = position;
    WordBuilder word = new WordBuilder();
    while (!atEnd() && !Character.isWhitespace(text.charAt(position))) {
      char c = text.charAt(position);
      if (c == ':' && !afterField) {
        position++;
        return new Token.Field(word.fieldName());
      }
      if (WORD_ENDS.indexOf(c) >= 0) {
        break;
      }
      switch (c) {
        case '*' -> word.asterisk();
        case '?', '~', '^' ->
            throw new SearchException(
                "'" + c + "' is not supported; escape it with a backslash or quote the value");
        case '\\' -> word.literal(escaped());
        default -> word.literal(c);
      }
      position++;
    }
    return switch (text.substring(start, position)) {
      case "AND" -> Symbol.AND;
      case "OR" -> Symbol.OR;
      case "NOT" -> Symbol.NOT;
      default -> word.word();
    };
  }

  /** Lucene has more than we support. Taken for text, it would silently find something else. */
  private void refuseForeignSyntax(boolean afterField) {
    char first = text.charAt(position);
    boolean operator =
        !afterField && (FOREIGN_OPERATORS.indexOf(first) >= 0 || text.startsWith("||", position));
    if (operator) {
      throw new SearchException("'" + first + "' is not an operator; use AND, OR and NOT");
    }
    if (first == '/') {
      throw new SearchException("regular expressions are not supported; quote the value");
    }
    if (afterField && (first == '<' || first == '>')) {
      throw new SearchException("'" + first + "' is not supported; use a range: [a TO b]");
    }
  }

  /** The character after a backslash; stays on it. */
  private char escaped() {
    position++;
    if (atEnd()) {
      throw new SearchException("there is nothing after the last backslash");
    }
    return text.charAt(position);
  }

  private String quoted() {
    StringBuilder phrase = new StringBuilder();
    position++;
    while (!atEnd()) {
      char c = text.charAt(position);
      if (c == '"') {
        position++;
        return phrase.toString();
      }
      phrase.append(c == '\\' ? escaped() : c);
      position++;
    }
    throw new SearchException("a quotation mark is not closed");
  }

  private Token interval() {
    boolean lowerInclusive = text.charAt(position++) == '[';
    Optional<String> lower = bound();
    skipSpace();
    if (!text.startsWith("TO", position)) {
      throw badRange();
    }
    position += 2;
    if (atEnd() || !Character.isWhitespace(text.charAt(position))) {
      throw badRange();
    }
    Optional<String> upper = bound();
    skipSpace();
    if (atEnd() || "]}".indexOf(text.charAt(position)) < 0) {
      throw badRange();
    }
    boolean upperInclusive = text.charAt(position++) == ']';
    return new Token.Interval(
        new Range(new Bound(lower, lowerInclusive), new Bound(upper, upperInclusive)));
  }

  private Optional<String> bound() {
    skipSpace();
    if (!atEnd() && text.charAt(position) == '"') {
      return Optional.of(quoted());
    }
    int start = position;
    StringBuilder value = new StringBuilder();
    while (!atEnd()
        && !Character.isWhitespace(text.charAt(position))
        && WORD_ENDS.indexOf(text.charAt(position)) < 0) {
      char c = text.charAt(position);
      value.append(c == '\\' ? escaped() : c);
      position++;
    }
    if (value.isEmpty()) {
      throw badRange();
    }
    return text.substring(start, position).equals("*")
        ? Optional.empty()
        : Optional.of(value.toString());
  }

  private void skipSpace() {
    while (!atEnd() && Character.isWhitespace(text.charAt(position))) {
      position++;
    }
  }

  private boolean atEnd() {
    return position >= text.length();
  }

  private SearchException unexpected() {
    return new SearchException(
        "unexpected '" + text.charAt(position) + "' at character " + (position + 1));
  }

  private static SearchException badRange() {
    return new SearchException("a range must be written [a TO b] or {a TO b}");
  }

  /** A word under construction. */
  private static final class WordBuilder {
    private final StringBuilder text = new StringBuilder();
    private boolean leading;
    private boolean trailing;

    void literal(char c) {
      if (trailing) {
        throw new SearchException("'*' may stand only at the beginning and the end of a value");
      }
      text.append(c);
    }

    void asterisk() {
      if (text.isEmpty()) {
        leading = true;
      } else {
        trailing = true;
      }
    }

    Token word() {
      return new Token.Word(leading, text.toString(), trailing);
    }

    String fieldName() {
      if (leading && text.isEmpty()) {
        return Parser.ANY_FIELD;
      }
      if (leading || trailing) {
        throw new SearchException("field names cannot have wildcards: " + quote(text.toString()));
      }
      if (text.isEmpty()) {
        throw new SearchException("there is no field name before ':'");
      }
      return text.toString();
    }
  }
}
