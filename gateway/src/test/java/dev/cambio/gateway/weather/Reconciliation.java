package dev.cambio.gateway.weather;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

/**
 * What was answered against what is in the tenant log.
 *
 * @param tokensWithoutRow requests whose token was issued and is in no row of success
 * @param doubled requests or tokens that have more than one row of success
 * @param refusalsWithoutRow requests refused for a reason of their own, without a row of failure
 * @param reasons what rows of failure say, by request
 * @param unheard rows of success whose client did not get the answer; no fault, but worth knowing
 */
record Reconciliation(
    List<String> tokensWithoutRow,
    List<String> doubled,
    List<String> refusalsWithoutRow,
    List<String> unheard,
    Map<String, String> reasons) {
  private static final String ROWS =
      """
      select payload ->> 'user_agent', type in ('secte', 'sertft'),
             coalesce(payload -> 'details' ->> 'access_token_jti', ''),
             coalesce(payload ->> 'description', '')
      from tenant_log
      where payload ->> 'user_agent' like ? and type in ('secte', 'sertft', 'fecte', 'fertft', 'ferrt')
      """;

  private record Row(String agent, boolean success, String tokenId, String description) {}

  /**
   * Compares all requests of a run.
   *
   * @param run what their user agents begin with
   */
  static Reconciliation of(String run, Collection<Attempt> attempts, Database database) {
    try (Connection connection = database.connect();
        PreparedStatement statement = connection.prepareStatement(ROWS)) {
      statement.setString(1, run + "/%");
      List<Row> rows = new ArrayList<>();
      try (ResultSet found = statement.executeQuery()) {
        while (found.next()) {
          rows.add(
              new Row(
                  found.getString(1), found.getBoolean(2), found.getString(3), found.getString(4)));
        }
      }
      return compare(attempts, rows);
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }

  private static Reconciliation compare(Collection<Attempt> attempts, List<Row> rows) {
    Map<String, String> successes = new HashMap<>();
    Map<String, String> failures = new HashMap<>();
    Set<String> tokens = new HashSet<>();
    List<String> doubled = new ArrayList<>();
    for (Row row : rows) {
      boolean again =
          row.success()
              && (successes.put(row.agent(), row.tokenId()) != null || !tokens.add(row.tokenId()));
      if (again) {
        doubled.add(row.agent());
      }
      if (!row.success()) {
        failures.put(row.agent(), row.description());
      }
    }
    List<String> without = new ArrayList<>();
    List<String> refused = new ArrayList<>();
    for (Attempt attempt : attempts) {
      String row = successes.remove(attempt.agent());
      if (attempt.succeeded() && !Objects.equals(row, attempt.tokenId().orElse("none"))) {
        without.add(attempt.agent());
      }
      boolean ownFault = !attempt.succeeded() && !attempt.mayBeRepeated();
      if (ownFault && !failures.containsKey(attempt.agent())) {
        refused.add(attempt.agent() + ": " + attempt.failure());
      }
      if (!attempt.succeeded() && row != null) {
        successes.put(attempt.agent(), row);
      }
    }
    return new Reconciliation(
        without, doubled, refused, List.copyOf(successes.keySet()), Map.copyOf(failures));
  }
}
