package dev.cambio.gateway.store;

import io.vertx.core.Future;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.RowSet;
import io.vertx.sqlclient.SqlClient;
import io.vertx.sqlclient.Tuple;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Prepared queries on rows of one tenant. The tenant is always the first parameter, and a statement
 * that does not tie every row to it is refused before it is sent, so no caller can forget it.
 *
 * <p>The calls wait for the answer: use them on virtual threads only.
 */
public class Queries {
  private static final Pattern BOUND_TO_TENANT =
      Pattern.compile("tenant_id = \\$1\\b|\\bvalues \\(\\$1\\b|\\bselect \\$1\\b");
  private static final Set<String> CHECKED = ConcurrentHashMap.newKeySet();

  /** Searches make statements without end; those beyond are simply checked each time. */
  private static final int MAX_CHECKED = 1000;

  private static final int MAX_REMEMBERED_LENGTH = 4096;

  private final SqlClient client;

  Queries(SqlClient client) {
    this.client = client;
  }

  /** The first row, mapped; empty if there is none. */
  public <T> Optional<T> first(
      String tenantId, String sql, Function<Row, T> mapper, @Nullable Object... parameters) {
    List<T> rows = list(tenantId, sql, mapper, parameters);
    return rows.isEmpty() ? Optional.empty() : Optional.of(rows.getFirst());
  }

  /** All rows, mapped. */
  public <T> List<T> list(
      String tenantId, String sql, Function<Row, T> mapper, @Nullable Object... parameters) {
    List<T> rows = new ArrayList<>();
    for (Row row : send(tenantId, sql, parameters).await()) {
      rows.add(mapper.apply(row));
    }
    return rows;
  }

  /** Runs a statement and returns how many rows it touched. */
  public int execute(String tenantId, String sql, @Nullable Object... parameters) {
    return send(tenantId, sql, parameters).await().rowCount();
  }

  /** Sends without waiting, for callers that have something better to do meanwhile. */
  public Future<RowSet<Row>> send(String tenantId, String sql, @Nullable Object... parameters) {
    requireTenant(sql);
    Tuple tuple = Tuple.tuple();
    tuple.addValue(tenantId);
    for (Object parameter : parameters) {
      tuple.addValue(parameter);
    }
    return run(sql, tuple);
  }

  Future<RowSet<Row>> run(String sql, Tuple parameters) {
    return client.preparedQuery(sql).execute(parameters);
  }

  private static void requireTenant(String sql) {
    if (!CHECKED.contains(sql)) {
      if (!BOUND_TO_TENANT.matcher(sql).find()) {
        throw new IllegalArgumentException("not bound to a tenant: " + sql);
      }
      if (sql.length() <= MAX_REMEMBERED_LENGTH && CHECKED.size() < MAX_CHECKED) {
        CHECKED.add(sql);
      }
    }
  }
}
