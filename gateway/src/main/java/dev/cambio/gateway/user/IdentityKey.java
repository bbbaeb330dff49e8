package dev.cambio.gateway.user;

import java.util.List;

/**
 * An identity as an Action names it.
 *
 * @param connection name
 * @param forms of the id within the connection: as given, and with the connection's name before it
 *     where ids are stored so (contract token-endpoint §5.3)
 */
record IdentityKey(String connection, List<String> forms) {
  static IdentityKey of(Connection connection, String given) {
    return new IdentityKey(connection.name(), List.of(given, connection.identityIdOf(given)));
  }

  String[] parameter() {
    return forms.toArray(String[]::new);
  }
}
