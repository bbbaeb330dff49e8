package dev.cambio.gateway.key;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.cambio.gateway.key.SignedJwt.Invalid;
import dev.cambio.gateway.store.ConfigurationCaches;
import dev.cambio.gateway.store.Database;
import dev.cambio.gateway.store.SecretSeal;
import io.vertx.core.Vertx;
import io.vertx.pgclient.PgBuilder;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.util.Arrays;
import java.util.Base64;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.junit.jupiter.api.DisplayName;

/** Any text as a token: taken apart, or said to be invalid; nothing else is thrown. */
@DisplayName("Tokens of any text, contract token-endpoint §4.2")
class SignedJwtFuzzTest {
  private static final Vertx VERTX = Vertx.vertx();

  /** Asks for no key of a tenant's, so its pool never connects. */
  private static final JwtSignatures SIGNATURES =
      new JwtSignatures(
          VERTX,
          new SigningKeys(
              new Database(
                  PgBuilder.pool()
                      .connectingTo("postgresql://nobody@127.0.0.1:1/none")
                      .using(VERTX)
                      .build()),
              new ConfigurationCaches(),
              SecretSeal.of(new byte[SecretSeal.MASTER_KEY_BYTES]),
              Clock.systemUTC()));

  private static final byte[] SECRET = "a secret of the fuzz tests, long enough".getBytes(UTF_8);

  @FuzzTest(maxDuration = "1m")
  void compact(byte[] token) {
    read(new String(token, StandardCharsets.ISO_8859_1));
  }

  /**
   * Header and claims of any bytes, well signed: whatever is in them is believed to be the
   * sender's.
   */
  @FuzzTest(maxDuration = "1m")
  void contents(byte[] contents) throws Exception {
    int middle = contents.length / 2;
    Base64.Encoder base64 = Base64.getUrlEncoder().withoutPadding();
    byte[] header = Arrays.copyOfRange(contents, 0, middle);
    byte[] claims = Arrays.copyOfRange(contents, middle, contents.length);
    String input = base64.encodeToString(header) + "." + base64.encodeToString(claims);
    Mac mac = Mac.getInstance("HmacSHA256");
    mac.init(new SecretKeySpec(SECRET, "HmacSHA256"));
    read(input + "." + base64.encodeToString(mac.doFinal(input.getBytes(UTF_8))));
  }

  private static void read(String text) {
    try {
      SignedJwt token = SignedJwt.parse(text);
      token.isTypedAccessToken();
      token.kid();
      SIGNATURES.requireSecret(SECRET, token);
      token.text("sub");
      token.audience();
      token.seconds("exp");
    } catch (Invalid e) {
      // The only way for a token to be refused.
    }
  }
}
