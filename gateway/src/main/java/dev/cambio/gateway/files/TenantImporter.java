package dev.cambio.gateway.files;

import com.fasterxml.jackson.databind.JsonNode;
import dev.cambio.gateway.management.ManagementException;
import dev.cambio.gateway.management.ManagementSession;
import dev.cambio.gateway.management.Operations;
import dev.cambio.gateway.management.PackagePreparation;
import dev.cambio.gateway.management.TenantSetup;
import dev.cambio.gateway.packages.ActionPackages;
import dev.cambio.gateway.store.Database;
import dev.cambio.gateway.store.SecretSeal;
import dev.cambio.gateway.store.TenantQueries;
import dev.cambio.gateway.tenant.Tenant;
import io.vertx.pgclient.PgException;
import io.vertx.sqlclient.Pool;
import java.nio.file.Path;
import java.time.Clock;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/**
 * Imports a tenant from files in one transaction, all or nothing (contract management-api §4.5), by
 * the operations of the Management API. Entities are matched by their natural names and keep their
 * ids; nothing is deleted.
 */
public final class TenantImporter {
  private static final Set<String> SUPPORTED =
      Set.of(
          "tenant",
          "resourceServers",
          "clients",
          "attackProtection",
          "actionModules",
          "actions",
          "databases",
          "connections",
          "clientGrants",
          "roles",
          "tokenExchangeProfiles",
          "organizations",
          "triggers",
          "x-users");

  private final Database database;
  private final Operations operations;
  private final ActionPackages packages;
  private final TenantSetup setup;
  private final Clock clock;

  public TenantImporter(
      Pool pool, Operations operations, ActionPackages packages, SecretSeal seal, Clock clock) {
    this.database = new Database(pool);
    this.operations = operations;
    this.packages = packages;
    this.setup = new TenantSetup(seal, clock);
    this.clock = clock;
  }

  /**
   * Imports; blocks until it is committed.
   *
   * @param directoryOrFile a directory in either layout, or a {@code tenant.yaml}
   * @throws TenantImportException a line for each fault, with file and place; then nothing was
   *     changed
   */
  public ImportReport importDirectory(Path directoryOrFile, ImportOptions options) {
    TenantFiles files = TenantFiles.at(directoryOrFile, options);
    Entry root = files.tenant();
    try (ExecutorService thread = Executors.newVirtualThreadPerTaskExecutor()) {
      return CompletableFuture.supplyAsync(() -> run(files, root, options), thread).join();
    } catch (CompletionException e) {
      throw unwrapped(e, root);
    }
  }

  private ImportReport run(TenantFiles files, Entry root, ImportOptions options) {
    ImportReport report = new ImportReport();
    try (PackagePreparation preparation =
        new PackagePreparation(database, packages, options.tenantId())) {
      ActionFiles.eachCode(files, root, preparation::prepare);
      return database.transaction(
          queries -> {
            TenantQueries rows = new TenantQueries(queries, options.tenantId());
            OffsetDateTime now = now();
            importAll(rows, now, files, root, options, report);
            if (options.dryRun()) {
              throw new DryRun();
            }
            // Last, so that who is refused need not wait for them.
            setup.ensureKeys(rows, options.domain(), now);
            return report;
          });
    } catch (DryRun end) {
      return report;
    }
  }

  /** Ends the transaction of a dry run without its changes. */
  private static final class DryRun extends RuntimeException {
    private static final long serialVersionUID = 1L;

    DryRun() {
      super(null, null, false, false);
    }
  }

  private OffsetDateTime now() {
    return clock.instant().truncatedTo(ChronoUnit.MILLIS).atOffset(ZoneOffset.UTC);
  }

  private void importAll(
      TenantQueries rows,
      OffsetDateTime now,
      TenantFiles files,
      Entry root,
      ImportOptions options,
      ImportReport report) {
    ignoreUnsupported(root, report);
    Tenant tenant;
    try {
      tenant =
          setup.ensure(rows, options.domain(), options.hosts(), options.managementAudience(), now);
    } catch (IllegalArgumentException e) {
      throw root.problem(String.valueOf(e.getMessage()));
    }
    ManagementSession session =
        new ManagementSession(operations, tenant, options.issuer(), rows, now);
    ImportRun run = new ImportRun(session, files, report, options.allowSampleSecrets());
    // In the order of the references between them (contract management-api §3.2).
    new ResourceServerFiles(run).importAll(root);
    ClientFiles clients = new ClientFiles(run);
    clients.importAll(root);
    SettingsFiles settings = new SettingsFiles(run);
    settings.importProtection(root);
    ModuleFiles modules = new ModuleFiles(run);
    modules.importAll(root);
    ActionFiles actions = new ActionFiles(run, modules);
    actions.importAll(root);
    ConnectionFiles connections = new ConnectionFiles(run, clients);
    connections.importAll(root);
    ClientGrantFiles grants = new ClientGrantFiles(run, clients);
    grants.importAll(root);
    new RoleFiles(run).importAll(root);
    new ProfileFiles(run, actions).importAll(root);
    new OrganizationFiles(run, clients, grants, connections).importAll(root);
    new BindingFiles(run, actions).importAll(root);
    settings.importTenant(root);
    new UserFiles(run, connections).importAll(root);
    report.requireNothingRefused();
  }

  private static void ignoreUnsupported(Entry root, ImportReport report) {
    for (Map.Entry<String, JsonNode> member : root.json().properties()) {
      boolean empty = member.getValue().isNull() || member.getValue().isEmpty();
      if (!SUPPORTED.contains(member.getKey()) && !empty) {
        report.ignore(root.at(member.getKey()), "not supported by this version");
      }
    }
  }

  private static RuntimeException unwrapped(CompletionException thrown, Entry root) {
    return switch (thrown.getCause()) {
      case PgException database ->
          root.problem("the database refused it: " + database.getErrorMessage());
      case ManagementException refusal -> root.problem(refusal.message());
      case RuntimeException cause -> cause;
      case null, default -> thrown;
    };
  }
}
