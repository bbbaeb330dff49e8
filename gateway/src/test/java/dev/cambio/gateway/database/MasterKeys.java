package dev.cambio.gateway.database;

import dev.cambio.gateway.store.SecretSeal;
import java.time.Duration;

/** Master keys that nodes start with. */
public final class MasterKeys {
  private MasterKeys() {}

  /** Has a node start on the database with that key, as far as its key is judged. */
  public static void use(TestPostgres database, byte[] key) {
    new MasterKeyCheck(SecretSeal.of(key), "test")
        .require(DatabaseUrl.parse(database.url()).orElseThrow(), Duration.ofSeconds(5));
  }
}
