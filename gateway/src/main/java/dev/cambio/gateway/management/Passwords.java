package dev.cambio.gateway.management;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.security.SecureRandom;
import java.util.Base64;
import org.bouncycastle.crypto.generators.Argon2BytesGenerator;
import org.bouncycastle.crypto.params.Argon2Parameters;

/**
 * Keeps passwords of database users as Argon2id hashes (RFC 9106) with 19 MiB, two passes and one
 * lane. Nothing checks them yet: there is no password grant.
 */
final class Passwords {
  private static final int MEMORY_KIB = 19 * 1024;
  private static final int PASSES = 2;
  private static final int SALT_BYTES = 16;
  private static final int HASH_BYTES = 32;

  private final SecureRandom random;

  Passwords(SecureRandom random) {
    this.random = random;
  }

  /** Sets or replaces the password of an identity. */
  void store(Call call, UserRows.Identity identity, String password) {
    call.rows()
        .execute(
            """
            insert into identity_password as p (tenant_id, connection, identity_user_id, hash)
            values ($1, $2, $3, $4)
            on conflict (tenant_id, connection, identity_user_id)
              do update set hash = excluded.hash, reset_at = $5
            """,
            identity.connection(),
            identity.identityUserId(),
            hash(password),
            call.now());
  }

  /** The hash in the PHC string format. */
  String hash(String password) {
    byte[] salt = new byte[SALT_BYTES];
    random.nextBytes(salt);
    Argon2BytesGenerator argon2 = new Argon2BytesGenerator();
    argon2.init(
        new Argon2Parameters.Builder(Argon2Parameters.ARGON2_id)
            .withVersion(Argon2Parameters.ARGON2_VERSION_13)
            .withMemoryAsKB(MEMORY_KIB)
            .withIterations(PASSES)
            .withParallelism(1)
            .withSalt(salt)
            .build());
    byte[] hash = new byte[HASH_BYTES];
    argon2.generateBytes(password.getBytes(UTF_8), hash);
    Base64.Encoder base64 = Base64.getEncoder().withoutPadding();
    return "$argon2id$v=19$m=%d,t=%d,p=1$%s$%s"
        .formatted(MEMORY_KIB, PASSES, base64.encodeToString(salt), base64.encodeToString(hash));
  }
}
