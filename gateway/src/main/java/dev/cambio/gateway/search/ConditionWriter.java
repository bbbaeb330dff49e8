package dev.cambio.gateway.search;

import static dev.cambio.gateway.search.SearchException.quote;

import dev.cambio.gateway.search.SearchField.Document;
import dev.cambio.gateway.search.SearchField.Flag;
import dev.cambio.gateway.search.SearchField.OfRelated;
import dev.cambio.gateway.search.SearchField.Text;
import dev.cambio.gateway.search.SearchField.Timestamp;
import dev.cambio.gateway.search.SearchField.WholeNumber;
import dev.cambio.gateway.search.SearchFields.Resolved;
import dev.cambio.gateway.search.SearchQuery.AllOf;
import dev.cambio.gateway.search.SearchQuery.AnyOf;
import dev.cambio.gateway.search.SearchQuery.Bound;
import dev.cambio.gateway.search.SearchQuery.Comparison;
import dev.cambio.gateway.search.SearchQuery.Contains;
import dev.cambio.gateway.search.SearchQuery.EndsWith;
import dev.cambio.gateway.search.SearchQuery.Equal;
import dev.cambio.gateway.search.SearchQuery.Everything;
import dev.cambio.gateway.search.SearchQuery.Exists;
import dev.cambio.gateway.search.SearchQuery.Not;
import dev.cambio.gateway.search.SearchQuery.Range;
import dev.cambio.gateway.search.SearchQuery.StartsWith;
import dev.cambio.gateway.search.SearchQuery.Term;
import java.util.ArrayList;
import java.util.List;
import java.util.StringJoiner;
import java.util.function.Function;
import java.util.regex.Pattern;

/** Writes one query as SQL. Used by one thread, once. */
final class ConditionWriter {
  private static final Pattern WHOLE_NUMBER = Pattern.compile("-?[0-9]{1,18}");
  private static final Pattern LIKE_SPECIAL = Pattern.compile("[\\\\%_]");

  private final SearchFields fields;
  private final int parametersBefore;
  private final List<Object> parameters = new ArrayList<>();

  ConditionWriter(SearchFields fields, int parametersBefore) {
    this.fields = fields;
    this.parametersBefore = parametersBefore;
  }

  SqlCondition write(SearchQuery query) {
    return new SqlCondition(sql(query), List.copyOf(parameters));
  }

  private String sql(SearchQuery query) {
    return switch (query) {
      case Everything() -> "true";
      case AllOf(List<SearchQuery> operands) -> joined(operands, " and ");
      case AnyOf(List<SearchQuery> operands) -> joined(operands, " or ");
      // Not "not": an absent field makes a comparison null, and its negation too.
      case Not(SearchQuery operand) -> "((" + sql(operand) + ") is not true)";
      case Exists(String field) -> existence(fields.resolve(field));
      case Term(var field, Comparison comparison) when field.isPresent() ->
          term(fields.resolve(field.get()), comparison);
      case Term(var field, Comparison comparison) -> anyDefault(comparison);
    };
  }

  private String joined(List<SearchQuery> operands, String operator) {
    StringJoiner joined = new StringJoiner(operator, "(", ")");
    operands.forEach(operand -> joined.add(sql(operand)));
    return joined.toString();
  }

  private String anyDefault(Comparison comparison) {
    if (comparison instanceof Range) {
      throw new SearchException("a range needs a field");
    }
    StringJoiner joined = new StringJoiner(" or ", "(", ")");
    fields.defaults().forEach(name -> joined.add(term(fields.resolve(name), comparison)));
    return joined.toString();
  }

  private String existence(Resolved resolved) {
    return existence(resolved.field(), resolved.path());
  }

  private String existence(SearchField field, List<String> path) {
    return switch (field) {
      case Text(String sql, boolean folded) -> "(" + sql + " is not null)";
      case Timestamp(String sql) -> "(" + sql + " is not null)";
      case WholeNumber(String sql) -> "(" + sql + " is not null)";
      case Flag(String sql) -> "(" + sql + " is not null)";
      case Document(String sql) ->
          "jsonb_path_exists(" + sql + ", " + text(JsonPaths.present(path)) + "::jsonpath)";
      case OfRelated(String before, SearchField related, String after) ->
          before + existence(related, path) + after;
    };
  }

  private String term(Resolved resolved, Comparison comparison) {
    return term(resolved, resolved.field(), comparison);
  }

  private String term(Resolved named, SearchField field, Comparison comparison) {
    return switch (field) {
      case Text(String sql, boolean folded) -> textual(sql, comparison, folded);
      case Timestamp(String sql) -> timestamp(named.name(), sql, comparison);
      case WholeNumber(String sql) -> number(named.name(), sql, comparison);
      case Flag(String sql) -> flag(named.name(), sql, comparison);
      case Document(String sql) -> document(named, sql, comparison);
      case OfRelated(String before, SearchField related, String after) ->
          before + term(named, related, comparison) + after;
    };
  }

  private String textual(String sql, Comparison comparison, boolean folded) {
    return switch (comparison) {
      case Equal(String text) -> "(" + sql + " = " + text(text, folded) + ")";
      case StartsWith(String text) -> like(sql, literal(text) + "%", folded);
      case EndsWith(String text) -> like(sql, "%" + literal(text), folded);
      case Contains(String text) -> like(sql, "%" + literal(text) + "%", folded);
      case Range range -> range(sql, range, bound -> text(bound, folded));
    };
  }

  private String like(String sql, String pattern, boolean folded) {
    return "(" + sql + " like " + text(pattern, folded) + ")";
  }

  private static String literal(String text) {
    return LIKE_SPECIAL.matcher(text).replaceAll("\\\\$0");
  }

  private String timestamp(String name, String sql, Comparison comparison) {
    return switch (comparison) {
      case Equal(String text) -> {
        TimeSpan span = TimeSpan.parse(name, text);
        yield "("
            + sql
            + " >= "
            + bind(span.start(), "timestamptz")
            + " and "
            + sql
            + " < "
            + bind(span.end(), "timestamptz")
            + ")";
      }
      case Range(Bound lower, Bound upper) -> {
        // A bound stands for a span: it is all in, or all out.
        StringJoiner conditions = both(sql);
        lower
            .value()
            .map(text -> TimeSpan.parse(name, text))
            .map(span -> lower.inclusive() ? span.start() : span.end())
            .ifPresent(start -> conditions.add(sql + " >= " + bind(start, "timestamptz")));
        upper
            .value()
            .map(text -> TimeSpan.parse(name, text))
            .map(span -> upper.inclusive() ? span.end() : span.start())
            .ifPresent(end -> conditions.add(sql + " < " + bind(end, "timestamptz")));
        yield conditions.toString();
      }
      case StartsWith _, EndsWith _, Contains _ -> throw noWildcard(name);
    };
  }

  private String number(String name, String sql, Comparison comparison) {
    return switch (comparison) {
      case Equal(String text) -> "(" + sql + " = " + number(name, text) + ")";
      case Range range -> range(sql, range, bound -> number(name, bound));
      case StartsWith _, EndsWith _, Contains _ -> throw noWildcard(name);
    };
  }

  private String number(String name, String text) {
    if (!WHOLE_NUMBER.matcher(text).matches()) {
      throw new SearchException(
          quote(name) + " needs a whole number of at most 18 digits, not " + quote(text));
    }
    return bind(Long.valueOf(text), "bigint");
  }

  private String flag(String name, String sql, Comparison comparison) {
    return switch (comparison) {
      case Equal(String text) when text.equals("true") || text.equals("false") ->
          "(" + sql + " = " + bind(Boolean.valueOf(text), "boolean") + ")";
      case Comparison _ -> throw new SearchException(quote(name) + " is either true or false");
    };
  }

  private String document(Resolved named, String sql, Comparison comparison) {
    return switch (comparison) {
      case Equal(String text) ->
          "jsonb_path_exists(%s, %s::jsonpath, %s::jsonb)"
              .formatted(sql, text(JsonPaths.equal(named.path())), text(JsonPaths.values(text)));
      case Range _ -> throw new SearchException("no ranges on metadata: " + quote(named.name()));
      case StartsWith _, EndsWith _, Contains _ -> throw noWildcard(named.name());
    };
  }

  private static String range(String sql, Range range, Function<String, String> bound) {
    StringJoiner conditions = both(sql);
    Bound lower = range.lower();
    Bound upper = range.upper();
    lower
        .value()
        .map(bound)
        .ifPresent(value -> conditions.add(sql + (lower.inclusive() ? " >= " : " > ") + value));
    upper
        .value()
        .map(bound)
        .ifPresent(value -> conditions.add(sql + (upper.inclusive() ? " <= " : " < ") + value));
    return conditions.toString();
  }

  private static StringJoiner both(String sql) {
    return new StringJoiner(" and ", "(", ")").add(sql + " is not null");
  }

  private String text(String value, boolean folded) {
    return folded ? "lower(" + text(value) + ")" : text(value);
  }

  private String text(String value) {
    return bind(value, "text");
  }

  /** The cast tells PostgreSQL the type; the driver needs it to be right. */
  private String bind(Object value, String type) {
    parameters.add(value);
    return "$" + (parametersBefore + parameters.size()) + "::" + type;
  }

  private static SearchException noWildcard(String name) {
    return new SearchException("no wildcards on " + quote(name));
  }
}
