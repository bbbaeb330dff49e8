package dev.cambio.gateway.management;

import dev.cambio.gateway.client.IdTokens;
import dev.cambio.gateway.store.SecretSeal;
import java.util.List;

/** Every kind of entity that the Management API knows. */
public final class Resources {
  private Resources() {}

  /** The operations of the document, done. */
  public static Operations operations(SecretSeal seal, IdTokens idTokens) {
    Ids ids = new Ids();
    Passwords passwords = new Passwords(ids.random());
    return Operations.of(
        OpenApi.load(),
        List.of(
            new ResourceServers(seal, ids),
            new UserAccounts(ids, passwords),
            new UserIdentities(idTokens),
            new LogEntries()));
  }
}
