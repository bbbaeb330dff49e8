package dev.cambio.gateway.packages;

import dev.cambio.gateway.store.Database;
import dev.cambio.gateway.store.Payload;
import dev.cambio.gateway.store.TenantQueries;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.Tuple;
import java.time.Duration;
import java.util.Optional;
import java.util.UUID;
import java.util.function.BooleanSupplier;

/**
 * A build that this node alone may do, for a while. Times are the database's, so that nodes need
 * not agree on the time. Confined to the thread that builds.
 */
final class BuildLease {
  /** Nodes that may die over a build before it is given up. */
  private static final int MAX_ATTEMPTS = 3;

  private static final Duration RENEWAL = Duration.ofSeconds(10);

  /**
   * Open ones first come first served, those of tenants that have fewer under way before others;
   * one whose builder has not renewed counts as open.
   */
  private static final String CLAIM =
      """
      update action_build b
      set status = 'building', lease = $1, leased_until = now() + interval '40 seconds',
          attempts = attempts + 1
      from (
        select tenant_id, id from action_build
        where status = 'pending' or (status = 'building' and leased_until < now())
        order by (
          select count(*) from action_build o
          where o.tenant_id = action_build.tenant_id
            and o.status = 'building' and o.leased_until >= now()
        ), requested_at limit 1 for update skip locked
      ) open
      where b.tenant_id = open.tenant_id and b.id = open.id
      returning b.tenant_id, b.id, b.inputs::text, b.attempts
      """;

  private final Database database;
  private final TenantQueries rows;
  private final String id;
  private final String token;
  private final PackageInputs inputs;
  private final int attempt;
  private long renewedAt = System.nanoTime();
  private boolean held = true;

  private BuildLease(Database database, String token, Row row) {
    this.database = database;
    this.rows = new TenantQueries(database, row.getString("tenant_id"));
    this.id = row.getString("id");
    this.token = token;
    this.inputs = PackageInputs.of(Payload.object(row, "inputs"));
    this.attempt = row.getInteger("attempts");
  }

  /** Takes the next open build of any tenant, unless there is none. */
  static Optional<BuildLease> claim(Database database) {
    String token = UUID.randomUUID().toString();
    for (Row row :
        database
            .withConnection(connection -> connection.preparedQuery(CLAIM).execute(Tuple.of(token)))
            .await()) {
      return Optional.of(new BuildLease(database, token, row));
    }
    return Optional.empty();
  }

  /** Builds, and renews the lease meanwhile. */
  BuildOutcome build(ActionPackages packages, BooleanSupplier closing) {
    return attempt > MAX_ATTEMPTS
        ? new BuildOutcome.Failed(
            "interrupted", "The build was broken off %d times".formatted(MAX_ATTEMPTS), "")
        : packages.build(inputs, lockfile(), () -> closing.getAsBoolean() || !renewed());
  }

  /** What an earlier build of the same dependencies installed. */
  private Optional<String> lockfile() {
    return rows.first(
        """
        select lockfile from action_build
        where tenant_id = $1 and status = 'built' and inputs -> 'dependencies' =
          (select inputs -> 'dependencies' from action_build where tenant_id = $1 and id = $2)
        order by finished_at desc limit 1
        """,
        row -> row.getString(0),
        id);
  }

  /** Whether the lease is still this node's. */
  private boolean renewed() {
    if (held && System.nanoTime() - renewedAt > RENEWAL.toNanos()) {
      held =
          rows.execute(
                  """
                  update action_build set leased_until = now() + interval '40 seconds'
                  where tenant_id = $1 and id = $2 and lease = $3
                  """,
                  id,
                  token)
              == 1;
      renewedAt = System.nanoTime();
    }
    return held;
  }

  /** Notes the outcome, and what follows from it in the same transaction; nothing if it is lost. */
  void finish(BuildOutcome outcome, AfterBuild after) {
    database.transaction(
        queries -> {
          TenantQueries inside = new TenantQueries(queries, rows.tenantId());
          boolean finished = PackageBuilds.finish(inside, id, token, outcome);
          if (finished) {
            after.finished(inside, id);
          }
          return finished;
        });
  }

  /** Gives the build back for another node to begin at once. */
  void giveBack() {
    rows.execute(
        """
        update action_build
        set status = 'pending', lease = null, leased_until = null, attempts = attempts - 1
        where tenant_id = $1 and id = $2 and lease = $3
        """,
        id,
        token);
  }

  @Override
  public String toString() {
    return "build " + id + " of " + rows.tenantId();
  }
}
