package dev.cambio.gateway.management;

import dev.cambio.gateway.store.SecretSeal;
import java.util.List;

/** Every kind of entity that the Management API knows. */
public final class Resources {
  private Resources() {}

  /** The operations of the document, done. */
  public static Operations operations(SecretSeal seal) {
    Ids ids = new Ids();
    return Operations.of(
        OpenApi.load(),
        List.of(
            new ResourceServers(seal, ids),
            new ClientRegistrations(seal, ids),
            new ClientKeys(ids),
            new ClientConnections(),
            new ClientGrants(ids),
            new TenantSettings(),
            new AttackProtection(),
            new SigningKeyAdministration(seal, ids)));
  }
}
