package dev.cambio.gateway.management;

import dev.cambio.gateway.action.ActionWorkbench;
import dev.cambio.gateway.client.Clients;
import dev.cambio.gateway.client.IdTokens;
import dev.cambio.gateway.key.JwtSignatures;
import dev.cambio.gateway.key.SigningKeys;
import dev.cambio.gateway.packages.ActionPackages;
import dev.cambio.gateway.packages.PackageBuilds;
import dev.cambio.gateway.store.ConfigurationCaches;
import dev.cambio.gateway.store.Database;
import dev.cambio.gateway.store.SecretSeal;
import dev.cambio.gateway.stream.FileSink;
import io.vertx.core.Vertx;
import io.vertx.sqlclient.Pool;
import java.time.Clock;
import java.util.List;

/** Every kind of entity that the Management API knows. */
public final class Resources {
  private Resources() {}

  /**
   * The operations where nothing is served. Nothing that could parse JavaScript runs there: a
   * broken Action fails its first exchange.
   */
  public static Operations offline(
      Vertx vertx, Pool pool, SecretSeal seal, ActionPackages packages) {
    Database database = new Database(pool);
    ConfigurationCaches caches = new ConfigurationCaches();
    JwtSignatures signatures =
        new JwtSignatures(vertx, new SigningKeys(database, caches, seal, Clock.systemUTC()));
    IdTokens idTokens = new IdTokens(signatures, new Clients(database, caches, seal));
    return operations(seal, ActionWorkbench.UNREACHABLE, packages, idTokens, FileSink.CLOSED);
  }

  /**
   * The operations of the document, done.
   *
   * @param workbench where Actions are checked and tried
   * @param packages of npm, for Actions that declare some
   * @param idTokens verifies what links accounts
   * @param files whether log streams may write files
   */
  public static Operations operations(
      SecretSeal seal,
      ActionWorkbench workbench,
      ActionPackages packages,
      IdTokens idTokens,
      FileSink files) {
    Ids ids = new Ids();
    PackageBuilds builds = new PackageBuilds(packages);
    DraftBuilder builder = new DraftBuilder(workbench.syntax(), builds);
    SigningKeyRows keys = new SigningKeyRows(seal, Clock.systemUTC(), ids.random());
    StoredActions actions = new StoredActions(seal);
    StoredModules modules = new StoredModules(seal);
    ActionVersions versions = new ActionVersions(actions, builds, ids);
    return Operations.of(
        OpenApi.load(),
        List.of(
            new ResourceServers(seal, keys, ids),
            new ClientRegistrations(seal, keys, ids),
            new ClientKeys(ids),
            new ClientConnections(),
            new ClientGrants(ids),
            new ActionDrafts(actions, versions, modules, builder, ids),
            versions,
            new ActionBindings(actions, ids),
            new ActionTrials(actions, modules, workbench, ids),
            new ActionExecutions(),
            new ActionModules(modules, builder, builds, ids),
            new TokenExchangeProfiles(ids),
            new Connections(ids),
            new ConnectionClients(),
            new Roles(ids),
            new UserAccess(),
            new Organizations(ids),
            new OrganizationConnections(),
            new OrganizationMembers(),
            new OrganizationClientGrants(),
            new UserAccounts(ids, new Passwords(ids.random())),
            new UserIdentities(idTokens),
            new LogEntries(),
            new TenantSettings(),
            new AttackProtection(),
            new Guardian(),
            new SigningKeyAdministration(keys),
            new LogStreams(seal, files, ids)));
  }
}
