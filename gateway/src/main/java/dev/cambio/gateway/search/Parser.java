package dev.cambio.gateway.search;

import static dev.cambio.gateway.search.SearchException.quote;

import dev.cambio.gateway.search.SearchQuery.AllOf;
import dev.cambio.gateway.search.SearchQuery.AnyOf;
import dev.cambio.gateway.search.SearchQuery.Comparison;
import dev.cambio.gateway.search.SearchQuery.Contains;
import dev.cambio.gateway.search.SearchQuery.EndsWith;
import dev.cambio.gateway.search.SearchQuery.Equal;
import dev.cambio.gateway.search.SearchQuery.Everything;
import dev.cambio.gateway.search.SearchQuery.Exists;
import dev.cambio.gateway.search.SearchQuery.Not;
import dev.cambio.gateway.search.SearchQuery.StartsWith;
import dev.cambio.gateway.search.SearchQuery.Term;
import dev.cambio.gateway.search.Token.Symbol;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Supplier;

/** Recursive descent, one method per line of the grammar. Used by one thread. */
final class Parser {
  /** The field of {@code *:*}. */
  static final String ANY_FIELD = "*";

  private static final String EXISTS = "_exists_";

  /** Suffix and infix searches cannot use an index; very short ones would find nearly all. */
  private static final int MIN_UNANCHORED = 3;

  private final Lexer lexer;
  private Token token;
  private int depth;
  private int terms;

  Parser(Lexer lexer) {
    this.lexer = lexer;
    this.token = lexer.next(false);
  }

  /** query = [ either ] end. */
  SearchQuery query() {
    if (token == Symbol.END) {
      return new Everything();
    }
    SearchQuery query = either(Optional.empty());
    if (token != Symbol.END) {
      throw unexpected();
    }
    return query;
  }

  /** either = both { [ "OR" ] both }. */
  private SearchQuery either(Optional<String> field) {
    List<SearchQuery> operands = new ArrayList<>();
    operands.add(both(field));
    while (accept(Symbol.OR) || beginsOperand()) {
      operands.add(both(field));
    }
    return oneOr(operands, AnyOf::new);
  }

  /** both = not { ( "AND" | before "NOT" ) not }. */
  private SearchQuery both(Optional<String> field) {
    List<SearchQuery> operands = new ArrayList<>();
    operands.add(not(field));
    while (accept(Symbol.AND) || token == Symbol.NOT) {
      operands.add(not(field));
    }
    return oneOr(operands, AllOf::new);
  }

  /** not = "NOT" not | "(" either ")" | field ( "(" either ")" | value ) | value. */
  private SearchQuery not(Optional<String> field) {
    if (accept(Symbol.NOT)) {
      return nested(() -> new Not(not(field)));
    }
    if (accept(Symbol.OPEN)) {
      return group(field);
    }
    if (token instanceof Token.Field(String name)) {
      if (field.isPresent()) {
        throw new SearchException("a field cannot be searched within " + quote(field.get() + ":("));
      }
      return ofField(name);
    }
    return value(field);
  }

  private SearchQuery group(Optional<String> field) {
    SearchQuery query = nested(() -> either(field));
    if (!accept(Symbol.CLOSE)) {
      throw new SearchException("a parenthesis is not closed");
    }
    return query;
  }

  private SearchQuery ofField(String name) {
    token = lexer.next(true);
    if (token == Symbol.OPEN && !name.equals(EXISTS) && !name.equals(ANY_FIELD)) {
      advance();
      return group(Optional.of(name));
    }
    return value(Optional.of(name));
  }

  private SearchQuery value(Optional<String> field) {
    if (++terms > SearchQuery.MAX_TERMS) {
      throw new SearchException("the query has more than " + SearchQuery.MAX_TERMS + " terms");
    }
    Token value = token;
    if (value instanceof Symbol || value instanceof Token.Field) {
      throw field.isPresent()
          ? new SearchException("there is no value after " + quote(field.get() + ":"))
          : unexpected();
    }
    advance();
    if (field.filter(EXISTS::equals).isPresent()) {
      return new Exists(fieldName(value));
    }
    if (value instanceof Token.Word word && word.isOnlyAsterisk()) {
      return field
          .filter(name -> !name.equals(ANY_FIELD))
          .<SearchQuery>map(Exists::new)
          .orElseGet(Everything::new);
    }
    if (field.filter(ANY_FIELD::equals).isPresent()) {
      throw new SearchException("only '*' may follow '*:'");
    }
    return new Term(field, comparison(value));
  }

  private static String fieldName(Token value) {
    return switch (value) {
      case Token.Word(boolean leading, String text, boolean trailing) when !leading && !trailing ->
          text;
      case Token.Phrase(String text) -> text;
      default -> throw new SearchException("'_exists_:' needs the name of a field");
    };
  }

  private static Comparison comparison(Token value) {
    return switch (value) {
      case Token.Phrase(String text) -> new Equal(text);
      case Token.Interval(SearchQuery.Range range) -> range;
      case Token.Word(boolean leading, String text, boolean trailing) when leading -> {
        requireLength(text);
        yield trailing ? new Contains(text) : new EndsWith(text);
      }
      case Token.Word(boolean leading, String text, boolean trailing) ->
          trailing ? new StartsWith(text) : new Equal(text);
      case Token.Field field -> throw new IllegalStateException("not a value: " + field);
      case Symbol symbol -> throw new IllegalStateException("not a value: " + symbol);
    };
  }

  private static void requireLength(String text) {
    if (text.codePointCount(0, text.length()) < MIN_UNANCHORED) {
      throw new SearchException(
          "at least " + MIN_UNANCHORED + " characters must follow a leading '*'");
    }
  }

  private boolean beginsOperand() {
    return token != Symbol.END && token != Symbol.CLOSE;
  }

  private boolean accept(Symbol symbol) {
    if (token != symbol) {
      return false;
    }
    advance();
    return true;
  }

  private void advance() {
    token = lexer.next(false);
  }

  private SearchQuery nested(Supplier<SearchQuery> inner) {
    if (++depth > SearchQuery.MAX_DEPTH) {
      throw new SearchException("the query is nested deeper than " + SearchQuery.MAX_DEPTH);
    }
    SearchQuery query = inner.get();
    depth--;
    return query;
  }

  private static SearchQuery oneOr(
      List<SearchQuery> operands, Function<List<SearchQuery>, SearchQuery> several) {
    return operands.size() == 1 ? operands.getFirst() : several.apply(List.copyOf(operands));
  }

  private SearchException unexpected() {
    return new SearchException(
        "unexpected "
            + switch (token) {
              case Symbol symbol -> symbol.shown;
              case Token.Field(String name) -> quote(name + ":");
              case Token.Word(boolean leading, String text, boolean trailing) -> quote(text);
              case Token.Phrase(String text) -> quote(text);
              case Token.Interval interval -> "range";
            });
  }
}
