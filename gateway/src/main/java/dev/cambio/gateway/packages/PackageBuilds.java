package dev.cambio.gateway.packages;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import dev.cambio.gateway.store.TenantQueries;
import dev.cambio.model.action.ActionVersion;
import dev.cambio.model.bus.Json;
import io.vertx.sqlclient.Row;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Builds as the database has them, for transactions that need one. */
public final class PackageBuilds {
  /** What {@link #build} reads, of the table as {@code p}. */
  public static final String COLUMNS =
      """
      p.id as build_id, p.status as build_status, p.errors::text as build_errors, \
      p.log as build_log, p.content_hash as build_hash, p.finished_at as build_finished_at\
      """;

  private static final ArrayNode NONE = JsonNodeFactory.instance.arrayNode();

  private final ActionPackages packages;

  public PackageBuilds(ActionPackages packages) {
    this.packages = packages;
  }

  public ActionPackages packages() {
    return packages;
  }

  /** The build of a row that has {@link #COLUMNS}; empty where a left join found none. */
  public static Optional<PackageBuild> build(Row row) {
    return Optional.ofNullable(row.getString("build_id"))
        .map(
            id ->
                new PackageBuild(
                    id,
                    row.getString("build_status"),
                    errors(row.getString("build_errors")),
                    row.getString("build_log"),
                    Optional.ofNullable(row.getString("build_hash")),
                    Optional.ofNullable(row.getOffsetDateTime("build_finished_at"))));
  }

  private static ArrayNode errors(String json) {
    try {
      return (ArrayNode) Json.parse(json);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("errors of a build are not JSON", e);
    }
  }

  public Optional<PackageBuild> find(TenantQueries rows, String id) {
    return rows.first(
            "select " + COLUMNS + " from action_build p where p.tenant_id = $1 and p.id = $2",
            PackageBuilds::build,
            id)
        .flatMap(build -> build);
  }

  /**
   * The build of the inputs, asked for unless it is there or under way; one that failed is tried
   * again. Some node begins when the transaction is committed.
   */
  public PackageBuild request(TenantQueries rows, PackageInputs inputs) {
    rows.execute(
        """
        insert into action_build (tenant_id, id, inputs, status)
        values ($1, $2, $3::text::jsonb, 'pending')
        on conflict (tenant_id, id) do update
          set status = 'pending', errors = '[]', attempts = 0, requested_at = now()
          where action_build.status = 'failed'
        """,
        inputs.id(),
        Json.write(inputs.json()));
    packages.prepared(inputs).ifPresent(outcome -> finish(rows, inputs.id(), null, outcome));
    return find(rows, inputs.id()).orElseThrow();
  }

  /**
   * Notes what a build came to.
   *
   * @param lease that the builder holds; null for a build that nobody had to lease, which leaves
   *     alone what is built
   * @return false if the lease is lost
   */
  static boolean finish(
      TenantQueries rows, String id, @Nullable String lease, BuildOutcome outcome) {
    return switch (outcome) {
      case BuildOutcome.Built built -> {
        String hash = ActionVersion.hashOf(built.source());
        storeBundle(rows, hash, built.source());
        yield finish(rows, id, lease, "built", hash, built.lockfile(), NONE, built.log());
      }
      case BuildOutcome.Failed failed ->
          finish(rows, id, lease, "failed", null, null, error(failed), failed.log());
    };
  }

  private static void storeBundle(TenantQueries rows, String hash, String source) {
    rows.execute(
        """
        insert into action_code (tenant_id, content_hash, source) values ($1, $2, $3)
        on conflict (tenant_id, content_hash) do update set used_at = now()
        """,
        hash,
        source);
  }

  private static ArrayNode error(BuildOutcome.Failed failed) {
    ArrayNode errors = JsonNodeFactory.instance.arrayNode();
    errors.addObject().put("id", failed.id()).put("msg", failed.reason()).put("url", "");
    return errors;
  }

  private static boolean finish(
      TenantQueries rows,
      String id,
      @Nullable String lease,
      String status,
      @Nullable String hash,
      @Nullable String lockfile,
      ArrayNode errors,
      String log) {
    return rows.execute(
            """
            update action_build set status = $4, content_hash = $5, lockfile = $6,
              errors = $7::text::jsonb, log = $8, lease = null, leased_until = null,
              finished_at = now()
            where tenant_id = $1 and id = $2
              and case when $3::text is null then status <> 'built' else lease = $3 end
            """,
            id,
            lease,
            status,
            hash,
            lockfile,
            Json.write(errors),
            log)
        == 1;
  }
}
