package dev.cambio.gateway.files;

import com.fasterxml.jackson.databind.JsonNode;
import dev.cambio.gateway.action.ActionSyntax;
import dev.cambio.gateway.management.Ids;
import dev.cambio.gateway.store.Database;
import dev.cambio.gateway.store.Queries;
import dev.cambio.gateway.store.SecretSeal;
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

  /** Contract actions-runtime §2.5. */
  private static final Set<String> PACKAGES =
      Set.of("auth0", "axios", "jose", "jsonwebtoken", "jwks-rsa", "lodash", "uuid");

  private final Database database;
  private final SecretSeal seal;
  private final Clock clock;
  private final ActionSyntax syntax;
  private final Set<String> packages;

  /** An importer that takes Actions' code as it is. */
  public TenantImporter(Pool pool, SecretSeal seal, Clock clock) {
    this(pool, seal, clock, ActionSyntax.UNCHECKED);
  }

  /** An importer for Actions that declare none but the packages of this version. */
  public TenantImporter(Pool pool, SecretSeal seal, Clock clock, ActionSyntax syntax) {
    this(pool, seal, clock, syntax, PACKAGES);
  }

  /**
   * An importer.
   *
   * @param packages the npm packages that the runtime brings, and so all that Actions may declare
   */
  public TenantImporter(
      Pool pool, SecretSeal seal, Clock clock, ActionSyntax syntax, Set<String> packages) {
    this.database = new Database(pool);
    this.seal = seal;
    this.clock = clock;
    this.syntax = syntax;
    this.packages = Set.copyOf(packages);
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
            options.allowSampleSecrets(),
            report);
    new SettingsImport(run).importTenant(root, options.domain());
    new KeyImport(run).ensure(options.domain(), clock);
    new ResourceServerImport(run).importAll(root, options.managementAudience());
    new ClientImport(run).importAll(root);
    new ActionImport(run, files, syntax, packages).importAll(root);
    new ConnectionImport(run, files).importAll(root);
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

  private static RuntimeException unwrapped(CompletionException thrown, Entry root) {
    if (thrown.getCause() instanceof PgException database) {
      return root.problem("the database refused it: " + database.getErrorMessage());
    }
    return thrown.getCause() instanceof RuntimeException cause ? cause : thrown;
  }
}
