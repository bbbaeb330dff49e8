package dev.cambio.gateway;

import dev.cambio.gateway.config.NodeSettings;
import dev.cambio.gateway.config.Secret;
import dev.cambio.gateway.database.DataDirectory;
import dev.cambio.gateway.database.DatabaseSettings;
import dev.cambio.gateway.database.DatabaseUrl;
import dev.cambio.gateway.database.LocalPostgres;
import dev.cambio.gateway.database.Migrations;
import dev.cambio.gateway.http.HttpSettings;
import dev.cambio.gateway.http.SelfSignedCertificate;
import dev.cambio.gateway.http.TlsIdentity;
import dev.cambio.gateway.ops.Parts;
import dev.cambio.gateway.store.SecretSeal;
import java.security.SecureRandom;
import java.time.Clock;
import java.util.Optional;

/**
 * What a node keeps: the database with its schema up to date, and the key that seals what is in it.
 *
 * @param data quickstart's data directory; absent outside
 */
record Storage(DatabaseUrl url, SecretSeal seal, Optional<DataDirectory> data) {

  /** Opens it; what has to be stopped again is added to the parts. Blocks. */
  static Storage open(Parts parts, NodeConfiguration configuration, Clock clock) {
    DatabaseSettings database = configuration.database();
    NodeSettings node = configuration.node();
    SecureRandom random = new SecureRandom();
    Optional<DataDirectory> data = Optional.empty();
    if (node.quickstart()) {
      data = Optional.of(parts.add("data-dir", DataDirectory.hold(node.dataDirectory())));
    }
    Optional<DataDirectory> held = data;
    DatabaseUrl url =
        database
            .url()
            .orElseGet(() -> parts.add("postgres", LocalPostgres.start(held.orElseThrow())).url());
    Migrations.migrate(url, database.connectTimeout());
    Secret masterKey =
        node.masterKey()
            .orElseGet(() -> held.orElseThrow().secret("master-key", () -> newMasterKey(random)));
    return new Storage(url, SecretSeal.of(masterKey.bytes()), data);
  }

  private static Secret newMasterKey(SecureRandom random) {
    byte[] key = new byte[SecretSeal.MASTER_KEY_BYTES];
    random.nextBytes(key);
    return Secret.of(key);
  }

  /** What the TLS listener shows: the operator's files, or quickstart's own certificate. */
  Optional<TlsIdentity> tlsIdentity(HttpSettings settings, Clock clock) {
    return settings
        .tls()
        .map(
            tls ->
                tls.files()
                    .map(files -> TlsIdentity.read(files.certificate(), files.key(), clock))
                    .orElseGet(
                        () ->
                            SelfSignedCertificate.in(
                                data.orElseThrow().path().resolve("tls"),
                                new SecureRandom(),
                                clock)));
  }
}
