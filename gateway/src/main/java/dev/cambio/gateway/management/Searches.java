package dev.cambio.gateway.management;

import dev.cambio.gateway.search.SearchException;
import dev.cambio.gateway.search.SearchFields;
import dev.cambio.gateway.search.SearchQuery;
import dev.cambio.gateway.search.SortFields;
import dev.cambio.gateway.search.SqlCondition;
import java.util.Optional;

/** The queries and sort orders of calls; what cannot be understood is refused with 400. */
final class Searches {
  private Searches() {}

  /** The condition of a query. */
  static SqlCondition condition(String query, SearchFields fields, int parametersBefore) {
    try {
      return fields.condition(SearchQuery.parse(query), parametersBefore);
    } catch (SearchException e) {
      throw refused(e, "q");
    }
  }

  /** The order that a call asks for, if it does. */
  static Optional<String> order(Call call, SortFields fields) {
    try {
      return call.query().text("sort").filter(sort -> !sort.isEmpty()).map(fields::orderBy);
    } catch (SearchException e) {
      throw refused(e, "sort");
    }
  }

  private static ManagementException refused(SearchException e, String parameter) {
    return ManagementException.invalidQuery(
        new Violation(parameter, String.valueOf(e.getMessage())).text());
  }
}
