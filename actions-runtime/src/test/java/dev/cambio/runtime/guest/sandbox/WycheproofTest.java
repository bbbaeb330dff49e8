package dev.cambio.runtime.guest.sandbox;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Objects;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Attacks that other libraries fell for, on the cryptography that Actions have. */
@DisplayName("vectors of Project Wycheproof (contract actions-runtime §10)")
class WycheproofTest {
  private static WarmRealm realm;

  @BeforeAll
  static void open() throws IOException, GuestException {
    realm = WarmRealm.of(read("driver.js"));
  }

  @AfterAll
  static void close() {
    realm.close();
  }

  private static String read(String name) throws IOException {
    try (InputStream in =
        WycheproofTest.class.getResourceAsStream("/dev/cambio/runtime/guest/wycheproof/" + name)) {
      return new String(Objects.requireNonNull(in).readAllBytes(), StandardCharsets.UTF_8);
    }
  }

  @ParameterizedTest
  @CsvSource({
    "aes-cbc, 308",
    "aes-gcm, 254",
    "aes-kw, 284",
    "ecdh, 220",
    "ecdsa, 586",
    "ecdsa-der, 320",
    "ed25519, 150",
    "hkdf, 286",
    "hmac, 384",
    "rsa-oaep, 160",
    "rsa-pkcs1, 560",
    "rsa-pss, 282",
    "x25519, 194"
  })
  void everyVectorDoesWhatItSays(String family, int tried) throws IOException, GuestException {
    String event = "{\"family\":\"%s\",\"groups\":%s}".formatted(family, read(family + ".json"));

    WarmRealm.Run run = realm.run("custom-token-exchange", event, "{}");

    assertThat(run.failure).isNull();
    assertThat(run.lines).containsExactly("tried " + tried);
    assertThat(realm.isIntact()).isTrue();
  }
}
