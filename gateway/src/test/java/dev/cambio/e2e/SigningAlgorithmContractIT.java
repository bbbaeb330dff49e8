package dev.cambio.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.cambio.e2e.TokenRequest.Answer;
import java.net.URI;
import java.net.http.HttpRequest;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.Base64;
import java.util.Locale;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@DisplayName("token-endpoint §7.1, §7.3, §11: signing algorithms")
class SigningAlgorithmContractIT {
  private static final String ISSUER = TestNode.shared().contract();

  @ParameterizedTest
  @DisplayName(
      "§7.1 by API: RS512, PS256, and our own ES256 and EdDSA; another library verifies them")
  @CsvSource({"RS512, JWT", "PS256, JWT", "ES256, at+jwt", "EdDSA, JWT"})
  void accessTokens(String algorithm, String type) {
    String audience = "https://%s.contract.example".formatted(algorithm.toLowerCase(Locale.ROOT));
    Answer answer = TokenRequest.valid().with("audience", audience).with("scope", "openid").post();
    String token = answer.text("access_token");

    ObjectNode header = Answer.part(token, 0);
    assertThat(header.path("alg").asText()).isEqualTo(algorithm);
    assertThat(header.path("typ").asText()).isEqualTo(type);
    assertThat(IndependentVerifier.verify(token, ISSUER, audience, algorithm).path("sub").asText())
        .isEqualTo("auth0|jane");
    assertThat(answer.accessToken().path("aud").path(1).asText()).isEqualTo(ISSUER + "userinfo");
    assertThat(
            TokenRequest.send(
                    HttpRequest.newBuilder(URI.create(ISSUER + "userinfo"))
                        .header("Authorization", "Bearer " + token)
                        .build())
                .status())
        .isEqualTo(200);
  }

  @ParameterizedTest
  @DisplayName("§7.3 by client: RS512, PS256, ES256, EdDSA, each with its own at_hash")
  @CsvSource({"RS512, SHA-512", "PS256, SHA-256", "ES256, SHA-256", "EdDSA, SHA-512"})
  void idTokens(String algorithm, String hash) throws Exception {
    String client = "signs-" + algorithm.toLowerCase(Locale.ROOT);
    Answer answer = TokenRequest.valid().client(client).with("scope", "openid").post();

    ObjectNode claims =
        IndependentVerifier.verify(answer.text("id_token"), ISSUER, client, algorithm);
    byte[] digest =
        MessageDigest.getInstance(hash)
            .digest(answer.text("access_token").getBytes(StandardCharsets.US_ASCII));
    assertThat(claims.path("at_hash").asText())
        .isEqualTo(
            Base64.getUrlEncoder()
                .withoutPadding()
                .encodeToString(Arrays.copyOf(digest, digest.length / 2)));
  }

  @ParameterizedTest
  @DisplayName("§4.2 ID tokens of each asymmetric algorithm prove an actor")
  @CsvSource({"signs-rs512", "signs-ps256", "signs-es256", "signs-eddsa"})
  void actors(String client) {
    String idToken =
        TokenRequest.valid().client(client).with("scope", "openid").post().text("id_token");

    assertThat(
            TokenRequest.running(
                    "api.authentication.setUserById('auth0|sam');"
                        + "api.authentication.setActor({sub:"
                        + " event.transaction.actor_token_user.user_id})")
                .with("actor_token", idToken)
                .with("actor_token_type", "urn:ietf:params:oauth:token-type:id_token")
                .post()
                .accessToken()
                .path("act")
                .path("sub")
                .asText())
        .isEqualTo("auth0|jane");
  }

  @Test
  @DisplayName("§11.2 where RSA keys have more than one use, they do not say which it is")
  void keySet() {
    JsonNode keys = TokenRequest.get(ISSUER + ".well-known/jwks.json").json().path("keys");

    for (JsonNode key : keys) {
      switch (key.path("kty").asText()) {
        case "RSA" -> assertThat(key.has("alg")).isFalse();
        case "EC" -> assertThat(key.path("alg").asText()).isEqualTo("ES256");
        default -> assertThat(key.path("crv").asText()).isEqualTo("Ed25519");
      }
    }
    assertThat(keys.findValuesAsText("kty")).contains("RSA", "EC", "OKP");
  }

  @Test
  @DisplayName("§11.1 discovery lists the algorithms that ID tokens can have")
  void discovery() {
    assertThat(
            TokenRequest.get(ISSUER + ".well-known/openid-configuration")
                .json()
                .path("id_token_signing_alg_values_supported")
                .toString())
        .isEqualTo("[\"HS256\",\"RS256\",\"RS512\",\"PS256\",\"ES256\",\"EdDSA\"]");
  }
}
