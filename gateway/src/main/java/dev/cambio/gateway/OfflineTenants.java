package dev.cambio.gateway;

import dev.cambio.gateway.database.DatabaseServer;
import dev.cambio.gateway.files.ImportOptions;
import dev.cambio.gateway.files.ImportReport;
import dev.cambio.gateway.files.TenantExporter;
import dev.cambio.gateway.files.TenantImporter;
import dev.cambio.gateway.management.Operations;
import dev.cambio.gateway.management.Resources;
import dev.cambio.gateway.ops.Parts;
import dev.cambio.gateway.packages.ActionPackages;
import dev.cambio.gateway.store.SecretSeal;
import io.vertx.core.Vertx;
import io.vertx.sqlclient.Pool;
import java.nio.file.Path;
import java.time.Clock;

/** Imports and exports tenants of the configured database, without a node that serves. */
public final class OfflineTenants {
  private final NodeConfiguration configuration;
  private final ActionPackages packages;
  private final Clock clock;

  public OfflineTenants(NodeConfiguration configuration, Clock clock) {
    this.configuration = configuration;
    this.packages = new ActionPackages(configuration.gateway().builds());
    this.clock = clock;
  }

  /** Imports a tenant; blocks. */
  public ImportReport importTenant(Path directory, ImportOptions options) {
    return with(
        (pool, operations, seal) ->
            new TenantImporter(pool, operations, packages, seal, clock)
                .importDirectory(directory, options));
  }

  /** Exports a tenant; blocks. */
  public void exportTenant(String tenant, TenantExporter.Target target) {
    with(
        (pool, operations, seal) -> {
          new TenantExporter(pool, operations, seal, clock).export(tenant, target);
          return target;
        });
  }

  private interface Work<T> {
    T on(Pool pool, Operations operations, SecretSeal seal);
  }

  private <T> T with(Work<T> work) {
    Parts parts = new Parts();
    parts.startEnded();
    try {
      Storage storage = Storage.open(parts, configuration, clock);
      Vertx vertx = Vertx.vertx();
      parts.add("vertx", () -> vertx.close().toCompletionStage().toCompletableFuture().join());
      DatabaseServer database =
          DatabaseServer.connect(vertx, storage.url(), configuration.database());
      parts.add(
          "database", () -> database.close().toCompletionStage().toCompletableFuture().join());
      Pool pool = database.background();
      return work.on(
          pool, Resources.offline(vertx, pool, storage.seal(), packages), storage.seal());
    } finally {
      parts.close();
    }
  }
}
