package dev.cambio.gateway.files;

import dev.cambio.gateway.disk.Access;
import dev.cambio.gateway.disk.Folder;
import dev.cambio.gateway.disk.Refusal;
import dev.cambio.gateway.management.ManagementSession;
import dev.cambio.gateway.management.Operations;
import dev.cambio.gateway.management.TenantSetup;
import dev.cambio.gateway.store.Database;
import dev.cambio.gateway.store.SecretSeal;
import dev.cambio.gateway.store.TenantQueries;
import dev.cambio.gateway.tenant.Tenant;
import io.vertx.sqlclient.Pool;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.ZoneOffset;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.stream.Stream;

/**
 * Writes a tenant as files that {@link TenantImporter} and Auth0's deploy CLI read, for their owner
 * alone. Secrets that the Management API does not show are left out; importing the files over the
 * tenant keeps those it has.
 */
public final class TenantExporter {
  private final Database database;
  private final Operations operations;
  private final TenantSetup setup;
  private final Clock clock;

  /** The two layouts. */
  public enum Format {
    YAML,
    DIRECTORY
  }

  /**
   * What to write where.
   *
   * @param force whether a directory that is not empty may be written to
   */
  public record Target(Path directory, Format format, boolean force) {}

  public TenantExporter(Pool pool, Operations operations, SecretSeal seal, Clock clock) {
    this.database = new Database(pool);
    this.operations = operations;
    this.setup = new TenantSetup(seal, clock);
    this.clock = clock;
  }

  /**
   * Exports; blocks until it is written.
   *
   * @throws TenantImportException if there is no such tenant or the directory cannot be written
   */
  public void export(String tenantId, Target target) {
    requireUsable(target);
    try (ExecutorService thread = Executors.newVirtualThreadPerTaskExecutor()) {
      TenantExport export = CompletableFuture.supplyAsync(() -> read(tenantId), thread).join();
      TenantWriter writer = new TenantWriter(Folder.make(target.directory(), Access.OWNER));
      switch (target.format()) {
        case YAML -> writer.writeYaml(export);
        case DIRECTORY -> writer.writeDirectory(export);
      }
    } catch (CompletionException e) {
      throw e.getCause() instanceof RuntimeException cause ? cause : e;
    } catch (Refusal e) {
      throw new TenantImportException(target.directory() + ": not written: " + e.getMessage());
    } catch (IOException e) {
      throw new TenantImportException(target.directory() + ": cannot be written");
    }
  }

  private static void requireUsable(Target target) {
    if (target.force() || !Files.exists(target.directory())) {
      return;
    }
    try (Stream<Path> files = Files.list(target.directory())) {
      if (files.findAny().isPresent()) {
        throw new TenantImportException(
            target.directory() + ": is not empty; write elsewhere, or overwrite with --force");
      }
    } catch (IOException e) {
      throw new TenantImportException(target.directory() + ": is not a directory");
    }
  }

  private TenantExport read(String tenantId) {
    return database.transaction(
        queries -> {
          TenantQueries rows = new TenantQueries(queries, tenantId);
          Tenant tenant =
              setup
                  .find(rows)
                  .orElseThrow(
                      () -> new TenantImportException("there is no tenant '" + tenantId + "'"));
          ManagementSession session =
              new ManagementSession(
                  operations,
                  tenant,
                  ImportOptions.issuerOf(tenant.domain()),
                  rows,
                  clock.instant().atOffset(ZoneOffset.UTC));
          return new TenantExport(new EntityReader(session)).readAll();
        });
  }
}
