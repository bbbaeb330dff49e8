package dev.cambio.gateway.database;

import dev.cambio.gateway.config.StartupException;
import dev.cambio.gateway.key.SigningKeys;
import dev.cambio.gateway.store.SecretSeal;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Whether the master key is the one that the database's secrets are sealed with. A constant sealed
 * under it stands in the database; only the right key opens that.
 *
 * @param seal under the key in question
 * @param origin where the key was set, for the complaint
 */
public record MasterKeyCheck(SecretSeal seal, String origin) {
  private static final Logger LOG = LoggerFactory.getLogger(MasterKeyCheck.class);
  private static final String CONTEXT = "master_key_check";
  private static final byte[] CONSTANT = "cambio".getBytes(StandardCharsets.US_ASCII);

  /** Signing keys that are tried in a database that has no constant yet. */
  private static final int MAX_TRIALS = 1000;

  /**
   * Judges the key; blocks. A database without a constant gets one, unless its signing keys, which
   * every tenant has, are sealed with another key. Of nodes that start at once the first one's key
   * counts. A schema that is older than this check, or not there, is not judged.
   *
   * @throws StartupException if it is another key, or the database cannot be reached
   */
  public void require(DatabaseUrl url, Duration timeout) {
    try (Connection connection = Migrations.dataSource(url, timeout).getConnection()) {
      if (!isThere(connection)) {
        return;
      }
      Optional<byte[]> stored = stored(connection);
      if (stored.isEmpty()) {
        tryOnSigningKeys(connection, url);
        store(connection);
        // Another node may have been faster, and then its constant is the one that counts.
        stored = stored(connection);
      }
      if (!seal.opens(stored.orElseThrow(), CONTEXT)) {
        throw other(url);
      }
    } catch (SQLException e) {
      throw Migrations.unusable(e, url);
    }
  }

  private static boolean isThere(Connection connection) throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery("select to_regclass('master_key_check')")) {
      return rows.next() && rows.getString(1) != null;
    }
  }

  private static Optional<byte[]> stored(Connection connection) throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery("select sealed from master_key_check")) {
      return rows.next() ? Optional.of(rows.getBytes(1)) : Optional.empty();
    }
  }

  private void store(Connection connection) throws SQLException {
    try (PreparedStatement statement =
        connection.prepareStatement(
            "insert into master_key_check (sealed) values (?) on conflict do nothing")) {
      statement.setBytes(1, seal.seal(CONSTANT, CONTEXT));
      statement.executeUpdate();
    }
  }

  private void tryOnSigningKeys(Connection connection, DatabaseUrl url) throws SQLException {
    int all = 0;
    int opened = 0;
    try (Statement statement = connection.createStatement();
        ResultSet rows =
            statement.executeQuery(
                "select tenant_id, kid, sealed_key from signing_key limit " + MAX_TRIALS)) {
      while (rows.next()) {
        all++;
        String context = SigningKeys.context(rows.getString(1), rows.getString(2));
        if (seal.opens(rows.getBytes(3), context)) {
          opened++;
        }
      }
    }
    if (opened == 0 && all > 0) {
      throw other(url);
    }
    if (opened < all) {
      LOG.error("{} of {} signing keys are sealed with another master key", all - opened, all);
    }
  }

  private StartupException other(DatabaseUrl url) {
    return new StartupException(
        ("%s: master-key is not the key that the secrets in database %s at %s are sealed with;"
                + " set that one, or another database")
            .formatted(origin, url.database(), url.where()));
  }

  /** Names where the key was set. */
  @Override
  public String toString() {
    return "MasterKeyCheck[" + origin + "]";
  }
}
