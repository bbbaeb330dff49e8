package dev.cambio.gateway.management;

import dev.cambio.gateway.action.ActionWorkbench;
import dev.cambio.gateway.client.IdTokens;
import dev.cambio.gateway.store.SecretSeal;
import java.util.List;

/** Every kind of entity that the Management API knows. */
public final class Resources {
  private Resources() {}

  /**
   * The operations of the document, done.
   *
   * @param workbench where Actions are checked and tried
   * @param idTokens verifies what links accounts
   */
  public static Operations operations(
      SecretSeal seal, ActionWorkbench workbench, IdTokens idTokens) {
    Ids ids = new Ids();
    StoredActions actions = new StoredActions(seal);
    ActionVersions versions = new ActionVersions(actions, ids);
    return Operations.of(
        OpenApi.load(),
        List.of(
            new ResourceServers(seal, ids),
            new ClientRegistrations(seal, ids),
            new ClientKeys(ids),
            new ClientConnections(),
            new ClientGrants(ids),
            new ActionDrafts(actions, versions, workbench, ids),
            versions,
            new ActionBindings(actions, ids),
            new ActionTrials(actions, workbench, ids),
            new ActionExecutions(),
            new ActionModules(),
            new TokenExchangeProfiles(ids),
            new Connections(ids),
            new ConnectionClients(),
            new Roles(ids),
            new UserAccounts(ids, new Passwords(ids.random())),
            new UserIdentities(idTokens),
            new LogEntries(),
            new TenantSettings(),
            new AttackProtection(),
            new SigningKeyAdministration(seal, ids)));
  }
}
