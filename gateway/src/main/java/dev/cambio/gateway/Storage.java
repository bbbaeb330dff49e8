package dev.cambio.gateway;

import dev.cambio.gateway.config.NodeSettings;
import dev.cambio.gateway.config.Role;
import dev.cambio.gateway.config.Secret;
import dev.cambio.gateway.config.StartupException;
import dev.cambio.gateway.database.DataDirectory;
import dev.cambio.gateway.database.DatabaseSettings;
import dev.cambio.gateway.database.DatabaseUrl;
import dev.cambio.gateway.database.DatabaseWait;
import dev.cambio.gateway.database.LocalPostgres;
import dev.cambio.gateway.database.MasterKeyCheck;
import dev.cambio.gateway.database.Migrations;
import dev.cambio.gateway.http.HttpSettings;
import dev.cambio.gateway.http.SelfSignedCertificate;
import dev.cambio.gateway.http.TlsIdentity;
import dev.cambio.gateway.ops.Parts;
import dev.cambio.gateway.store.SecretSeal;
import java.security.SecureRandom;
import java.time.Clock;
import java.util.Optional;
import java.util.function.BooleanSupplier;

/**
 * What a node keeps: the database with its schema up to date, and the key that seals what is in it.
 *
 * @param data quickstart's data directory; absent outside
 */
record Storage(DatabaseUrl url, SecretSeal seal, Optional<DataDirectory> data) {
  /** The setting, and quickstart's file. */
  private static final String MASTER_KEY = "master-key";

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
    MasterKeyCheck key =
        configured(node)
            .orElseGet(
                () ->
                    check(
                        held.orElseThrow().secret(MASTER_KEY, () -> newMasterKey(random)),
                        held.orElseThrow().path().resolve(MASTER_KEY).toString()));
    // Twice, since nobody brings a database up to date whose secrets it cannot read, and an older
    // one holds nothing yet to judge by.
    key.require(url, database.connectTimeout());
    Migrations.migrate(url, database.connectTimeout());
    key.require(url, database.connectTimeout());
    return new Storage(url, key.seal(), data);
  }

  /**
   * Judges the master key before anything is started, where key and database are given; blocks. A
   * database that is not there yet is waited for.
   *
   * @param stopping whether the node is to stop instead
   * @throws StartupException if it is another database's, or the database cannot be reached
   */
  static void requireMasterKey(NodeConfiguration configuration, BooleanSupplier stopping) {
    DatabaseSettings database = configuration.database();
    if (configuration.node().has(Role.GATEWAY) && database.url().isPresent()) {
      DatabaseWait.require(database.url().get(), database, stopping);
      configured(configuration.node())
          .ifPresent(key -> key.require(database.url().get(), database.connectTimeout()));
    }
  }

  private static Optional<MasterKeyCheck> configured(NodeSettings node) {
    return node.masterKey().map(key -> check(key, node.masterKeyOrigin().orElseThrow()));
  }

  private static MasterKeyCheck check(Secret key, String origin) {
    return new MasterKeyCheck(SecretSeal.of(key.bytes()), origin);
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
