package dev.cambio.gateway.key;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.cambio.model.bus.Json;
import java.security.KeyPair;
import java.security.SecureRandom;
import java.security.Signature;
import java.security.spec.MGF1ParameterSpec;
import java.security.spec.PSSParameterSpec;
import java.util.Base64;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TokenSignerTest {
  private static final ObjectNode CLAIMS =
      JsonNodeFactory.instance.objectNode().put("sub", "auth0|jane");
  private static final Map<KeyType, KeyPair> PAIRS = new EnumMap<>(KeyType.class);

  @BeforeAll
  static void makeKeys() throws Exception {
    for (KeyType type : KeyType.values()) {
      PAIRS.put(type, type.generate(new SecureRandom()));
    }
  }

  private static TokenSigner signer(KeyType type) {
    return TokenSigner.of(type, "kid-1", pair(type).getPrivate().getEncoded());
  }

  private static KeyPair pair(KeyType type) {
    return Objects.requireNonNull(PAIRS.get(type));
  }

  @ParameterizedTest
  @CsvSource({
    "RS256, SHA256withRSA",
    "RS512, SHA512withRSA",
    "PS256, RSASSA-PSS",
    "ES256, SHA256withECDSAinP1363Format",
    "EdDSA, Ed25519"
  })
  void signsWhatThePublicKeyVerifies(String algorithm, String name) throws Exception {
    KeyType type = KeyType.of(algorithm);
    String token = signer(type).sign(CLAIMS, algorithm, "at+jwt");

    List<String> parts = List.of(token.split("\\."));
    assertThat(Json.parse(decode(parts.get(0))))
        .isEqualTo(
            JsonNodeFactory.instance
                .objectNode()
                .put("alg", algorithm)
                .put("typ", "at+jwt")
                .put("kid", "kid-1"));
    assertThat(Json.parse(decode(parts.get(1)))).isEqualTo(CLAIMS);
    Signature signature = Signature.getInstance(name);
    if (algorithm.equals("PS256")) {
      signature.setParameter(
          new PSSParameterSpec("SHA-256", "MGF1", MGF1ParameterSpec.SHA256, 32, 1));
    }
    signature.initVerify(pair(type).getPublic());
    signature.update((parts.get(0) + "." + parts.get(1)).getBytes(US_ASCII));
    assertThat(signature.verify(decode(parts.get(2)))).isTrue();
  }

  @Test
  void refusesAlgorithmsOfAnotherKind() {
    TokenSigner rsa = signer(KeyType.RSA);

    assertThatIllegalArgumentException().isThrownBy(() -> rsa.sign(CLAIMS, "HS256", "JWT"));
    assertThatIllegalArgumentException().isThrownBy(() -> rsa.sign(CLAIMS, "none", "JWT"));
    assertThatIllegalArgumentException().isThrownBy(() -> rsa.sign(CLAIMS, "ES256", "JWT"));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> signer(KeyType.OKP).sign(CLAIMS, "RS256", "JWT"));
  }

  @Test
  void signsWithASharedSecret() throws Exception {
    byte[] secret = "a secret of some length".getBytes(US_ASCII);

    List<String> parts =
        List.of(TokenSigner.hmac(secret).sign(CLAIMS, "HS256", "JWT").split("\\."));

    Mac mac = Mac.getInstance("HmacSHA256");
    mac.init(new SecretKeySpec(secret, "HmacSHA256"));
    assertThat(decode(parts.get(2)))
        .isEqualTo(mac.doFinal((parts.get(0) + "." + parts.get(1)).getBytes(US_ASCII)));
    assertThat(Json.parse(decode(parts.get(0))).has("kid")).isFalse();
  }

  private static byte[] decode(String part) {
    return Base64.getUrlDecoder().decode(part);
  }
}
