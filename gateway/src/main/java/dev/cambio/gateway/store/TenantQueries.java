package dev.cambio.gateway.store;

import io.vertx.sqlclient.Row;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Queries for one tenant, in a transaction or outside. In statements {@code $1} is the tenant;
 * parameters start at {@code $2}.
 */
public record TenantQueries(Queries queries, String tenantId) {

  /** The first row, mapped; empty if there is none. */
  public <T> Optional<T> first(
      String sql, Function<Row, T> mapper, @Nullable Object... parameters) {
    return queries.first(tenantId, sql, mapper, parameters);
  }

  /** All rows, mapped. */
  public <T> List<T> list(String sql, Function<Row, T> mapper, @Nullable Object... parameters) {
    return queries.list(tenantId, sql, mapper, parameters);
  }

  /** Runs a statement and returns how many rows it touched. */
  public int execute(String sql, @Nullable Object... parameters) {
    return queries.execute(tenantId, sql, parameters);
  }

  /** Whether there is such a row. */
  public boolean exists(String sql, @Nullable Object... parameters) {
    return first(sql, row -> true, parameters).isPresent();
  }
}
