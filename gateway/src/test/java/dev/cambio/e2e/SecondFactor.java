package dev.cambio.e2e;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.cambio.e2e.TokenRequest.Answer;
import dev.cambio.model.bus.Json;
import java.io.IOException;
import java.math.BigInteger;
import java.net.URI;
import java.net.http.HttpRequest;
import java.nio.ByteBuffer;
import java.security.GeneralSecurityException;
import java.util.Locale;
import java.util.UUID;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/** A new user of the contract tests' tenant who logs in by a client that asks for a factor. */
final class SecondFactor {
  static final String OTP = "http://auth0.com/oauth/grant-type/mfa-otp";
  static final String OOB = "http://auth0.com/oauth/grant-type/mfa-oob";
  static final String RECOVERY_CODE = "http://auth0.com/oauth/grant-type/mfa-recovery-code";

  private static final int STEP_MILLIS = 30_000;

  private final String id = UUID.randomUUID().toString();

  String userId() {
    return "oidc|idp|" + id;
  }

  /** The exchange that makes the user, or finds them. */
  TokenRequest exchange() {
    return TokenRequest.running(
            "api.authentication.setUserByConnection('idp', {user_id: '%1$s', email:".formatted(id)
                + " '%1$s@a.example', email_verified: true, name: 'U'},".formatted(id)
                + " {creationBehavior: 'create_if_not_exists'})")
        .client("mfa")
        .with("post_login", "api.multifactor.enable('any')");
  }

  /** Begins a login; answers its {@code mfa_token}. */
  String begin() {
    return begin(exchange());
  }

  static String begin(TokenRequest exchange) {
    Answer answer = exchange.post();
    assertThat(answer.error()).isEqualTo("403 mfa_required: Multifactor authentication required");
    return answer.text("mfa_token");
  }

  /** Enrols an authenticator app by a login that waits; answers its key. */
  static String enrollApp(String mfaToken) {
    Answer answer = associate(mfaToken, "{'authenticator_types':['otp']}");
    assertThat(answer.status()).as(answer.response().body()).isEqualTo(200);
    return answer.text("secret");
  }

  static Answer associate(String mfaToken, String body) {
    return bearer("associate", mfaToken, "POST", body);
  }

  static JsonNode authenticators(String mfaToken) {
    try {
      return Json.parse(bearer("authenticators", mfaToken, "GET", "").response().body());
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  static Answer bearer(String path, String mfaToken, String method, String body) {
    return TokenRequest.send(
        HttpRequest.newBuilder(URI.create(TestNode.shared().contract() + "mfa/" + path))
            .header("Authorization", "Bearer " + mfaToken)
            .header("Content-Type", "application/json")
            .method(method, HttpRequest.BodyPublishers.ofString(body.replace('\'', '"')))
            .build());
  }

  /** {@code POST /mfa/challenge} by the client that began the login. */
  static Answer challenge(String mfaToken, String more) {
    return bearer(
        "challenge",
        "none",
        "POST",
        "{'client_id':'mfa','client_secret':'mfa-secret-0123456789','mfa_token':'%s'%s}"
            .formatted(mfaToken, more));
  }

  /** The request that completes a login by that grant. */
  static TokenRequest finish(String grantType, String mfaToken) {
    return TokenRequest.ofClient("mfa").with("grant_type", grantType).with("mfa_token", mfaToken);
  }

  static TokenRequest finishByOtp(String mfaToken, String code) {
    return finish(OTP, mfaToken).with("otp", code);
  }

  /** The code that an authenticator app shows now; or so many steps later. */
  static String code(String key, int stepsLater) {
    try {
      long step = System.currentTimeMillis() / STEP_MILLIS + stepsLater;
      Mac mac = Mac.getInstance("HmacSHA1");
      mac.init(new SecretKeySpec(base32(key), "HmacSHA1"));
      byte[] hash = mac.doFinal(ByteBuffer.allocate(8).putLong(step).array());
      int offset = hash[hash.length - 1] & 0xF;
      int number = ByteBuffer.wrap(hash, offset, 4).getInt() & 0x7FFF_FFFF;
      return String.format(Locale.ROOT, "%06d", number % 1_000_000);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  /** 32 letters are 160 bits. */
  private static byte[] base32(String letters) {
    BigInteger bits = BigInteger.ZERO;
    for (byte letter : letters.getBytes(US_ASCII)) {
      int value = letter >= 'A' ? letter - 'A' : letter - '2' + 26;
      bits = bits.shiftLeft(5).or(BigInteger.valueOf(value));
    }
    byte[] bytes = new byte[letters.length() * 5 / 8];
    byte[] magnitude = bits.toByteArray();
    int length = Math.min(magnitude.length, bytes.length);
    System.arraycopy(magnitude, magnitude.length - length, bytes, bytes.length - length, length);
    return bytes;
  }

  /** A code that is none of those that could count. */
  static String wrongCode(String key) {
    for (int i = 0; i < 10; i++) {
      String guess = String.format(Locale.ROOT, "%06d", i);
      boolean right = false;
      for (int step = -2; step <= 2; step++) {
        right |= guess.equals(code(key, step));
      }
      if (!right) {
        return guess;
      }
    }
    throw new IllegalStateException("ten codes for five steps");
  }
}
