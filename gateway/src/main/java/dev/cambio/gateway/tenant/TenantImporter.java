package dev.cambio.gateway.tenant;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.cambio.gateway.store.Database;
import dev.cambio.gateway.store.Queries;
import dev.cambio.gateway.store.SecretSeal;
import dev.cambio.model.bus.Json;
import io.vertx.pgclient.PgException;
import io.vertx.sqlclient.Pool;
import java.nio.file.Path;
import java.time.Clock;
import java.time.ZoneOffset;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/**
 * Imports a tenant from files in one transaction, all or nothing (contract management-api §4.5).
 * Entities are matched by their natural names and keep their ids; nothing is deleted.
 */
public final class TenantImporter {
  private static final Set<String> MANAGED =
      Set.of(
          "tenant",
          "resourceServers",
          "clients",
          "attackProtection",
          "actions",
          "databases",
          "connections",
          "clientGrants",
          "tokenExchangeProfiles",
          "triggers",
          "x-users");

  private final Database database;
  private final SecretSeal seal;
  private final Clock clock;
  private final ActionSyntax syntax;

  /** An importer that takes Actions' code as it is. */
  public TenantImporter(Pool pool, SecretSeal seal, Clock clock) {
    this(pool, seal, clock, ActionSyntax.UNCHECKED);
  }

  public TenantImporter(Pool pool, SecretSeal seal, Clock clock, ActionSyntax syntax) {
    this.database = new Database(pool);
    this.seal = seal;
    this.clock = clock;
    this.syntax = syntax;
  }

  /**
   * Imports; blocks until it is committed.
   *
   * @param directoryOrFile a directory with {@code tenant.yaml}, or that file
   * @throws TenantImportException naming file and place; then nothing was changed
   */
  public ImportReport importDirectory(Path directoryOrFile, ImportOptions options) {
    TenantFiles files = TenantFiles.at(directoryOrFile, options);
    Entry root = files.tenant();
    try (ExecutorService thread = Executors.newVirtualThreadPerTaskExecutor()) {
      return CompletableFuture.supplyAsync(
              () -> database.transaction(queries -> run(files, root, options, queries)), thread)
          .join();
    } catch (CompletionException e) {
      throw unwrapped(e, root);
    }
  }

  private ImportReport run(TenantFiles files, Entry root, ImportOptions options, Queries queries) {
    ImportReport report = new ImportReport();
    warnOfUnmanaged(root, report);
    ImportRun run =
        new ImportRun(
            queries,
            options.tenantId(),
            seal,
            new Ids(),
            clock.instant().atOffset(ZoneOffset.UTC),
            report);
    writeTenant(run, root, options);
    new KeyImport(run).ensure(options.domain(), clock);
    new ResourceServerImport(run).importAll(root, options.managementAudience());
    new ClientImport(run).importAll(root);
    new ActionImport(run, files, syntax).importAll(root);
    new ConnectionImport(run).importAll(root);
    new ClientGrantImport(run).importAll(root);
    new ProfileImport(run).importAll(root);
    new BindingImport(run).importAll(root);
    new UserImport(run).importAll(root);
    return report;
  }

  private static void warnOfUnmanaged(Entry root, ImportReport report) {
    for (Map.Entry<String, JsonNode> member : root.json().properties()) {
      boolean empty = member.getValue().isNull() || member.getValue().isEmpty();
      if (!MANAGED.contains(member.getKey()) && !empty) {
        report.warn(member.getKey() + " (not supported by this version)");
      }
    }
  }

  private static void writeTenant(ImportRun run, Entry root, ImportOptions options) {
    ObjectNode settings =
        root.object("tenant").payload(JsonNodeFactory.instance.objectNode(), Set.of());
    Entry protection = root.object("attackProtection");
    if (!protection.json().isEmpty()) {
      settings.set("attack_protection", protection.json());
    }
    run.write(
        "tenant",
        """
        insert into tenant (id, domain, settings) values ($1, $2, $3::text::jsonb)
        on conflict (id) do update set domain = excluded.domain, settings = excluded.settings
        where (tenant.domain, tenant.settings) is distinct from (excluded.domain, excluded.settings)
        """,
        options.domain(),
        Json.write(settings));
  }

  private static RuntimeException unwrapped(CompletionException thrown, Entry root) {
    if (thrown.getCause() instanceof PgException database) {
      return root.problem("the database refused it: " + database.getErrorMessage());
    }
    return thrown.getCause() instanceof RuntimeException cause ? cause : thrown;
  }
}
