package dev.cambio.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import dev.cambio.e2e.ClusterFixture.Member;
import dev.cambio.e2e.TokenRequest.Answer;
import dev.cambio.gateway.AdjustableClock;
import dev.cambio.management.Administrator;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.security.KeyFactory;
import java.security.PublicKey;
import java.security.Signature;
import java.security.spec.RSAPublicKeySpec;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("token-endpoint §11.2: keys are rotated at two nodes while tokens are exchanged")
class KeyRotationContractIT {
  private static final int EXCHANGES = 32;
  private static final int ROTATIONS = 4;
  private static final Duration OLD_ENOUGH = Duration.ofMinutes(2);

  private static AdjustableClock clock;
  private static ClusterFixture cluster;
  private static Member second;
  private static List<String> issuers;

  @BeforeAll
  static void start() throws Exception {
    clock = new AdjustableClock(Instant.now());
    cluster = ClusterFixture.start(Map.of(), clock);
    second = cluster.join("gateway,actions", Map.of());
    cluster.shareTenantWith(second);
    issuers = List.of(cluster.issuer(), ClusterFixture.issuer(second));
    cluster.awaitStatus(200);
  }

  @AfterAll
  static void stop() throws Exception {
    second.close();
    cluster.close();
  }

  private static Answer exchange(String issuer) {
    return ClusterFixture.partnerExchange(issuer).with("scope", "openid").post();
  }

  private static String kid(String token) {
    return Answer.part(token, 0).path("kid").asText();
  }

  /** What a verifier caches: the key set of a node by key id. */
  private static Map<String, JsonNode> keySet(String issuer) {
    Map<String, JsonNode> keys = new HashMap<>();
    TokenRequest.get(issuer + ".well-known/jwks.json")
        .json()
        .path("keys")
        .forEach(key -> keys.put(key.path("kid").asText(), key));
    return keys;
  }

  private static void rotate(String issuer) {
    assertThat(
            Administrator.at(issuer)
                .call("POST", "/keys/signing/rotate", Optional.empty())
                .status())
        .isEqualTo(201);
  }

  private static String current() {
    return cluster
        .column("select kid from signing_key where kty = 'RSA' and state = 'current'")
        .getFirst();
  }

  private static boolean verifies(String token, Map<String, JsonNode> keys) throws Exception {
    JsonNode key = keys.get(kid(token));
    if (key == null) {
      return false;
    }
    PublicKey rsa =
        KeyFactory.getInstance("RSA")
            .generatePublic(new RSAPublicKeySpec(number(key, "n"), number(key, "e")));
    int end = token.lastIndexOf('.');
    Signature signature = Signature.getInstance("SHA256withRSA");
    signature.initVerify(rsa);
    signature.update(token.substring(0, end).getBytes(StandardCharsets.US_ASCII));
    return signature.verify(Base64.getUrlDecoder().decode(token.substring(end + 1)));
  }

  private static BigInteger number(JsonNode key, String member) {
    return new BigInteger(1, Base64.getUrlDecoder().decode(key.path(member).asText()));
  }

  @Test
  @DisplayName("§11.2 each token verifies with the key set as either node published it beforehand")
  void rotatesUnderExchanges() throws Exception {
    clock.advance(OLD_ENOUGH);
    String next =
        cluster
            .column("select kid from signing_key where kty = 'RSA' and state = 'next'")
            .getFirst();
    List<Map<String, JsonNode>> cached =
        issuers.stream().map(KeyRotationContractIT::keySet).toList();
    Queue<String> tokens = new ConcurrentLinkedQueue<>();
    AtomicInteger answered = new AtomicInteger();
    AtomicBoolean over = new AtomicBoolean();

    try (ExecutorService executor = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<?>> running = new ArrayList<>();
      for (int i = 0; i < EXCHANGES; i++) {
        String issuer = issuers.get(i % 2);
        running.add(
            executor.submit(
                () -> {
                  while (!over.get()) {
                    Answer answer = exchange(issuer);
                    assertThat(answer.status()).as(answer.response().body()).isEqualTo(200);
                    tokens.add(answer.text("access_token"));
                    tokens.add(answer.text("id_token"));
                    answered.incrementAndGet();
                  }
                }));
      }
      for (int i = 0; i < ROTATIONS; i++) {
        int before = answered.get();
        await().until(() -> answered.get() > before + EXCHANGES || isDone(running));
        rotate(issuers.get(i % 2));
      }
      int before = answered.get();
      await().until(() -> answered.get() > before + EXCHANGES || isDone(running));
      over.set(true);
      for (Future<?> each : running) {
        each.get();
      }
    }

    for (String token : tokens) {
      assertThat(verifies(token, cached.get(0)) && verifies(token, cached.get(1))).isTrue();
      assertThat(verifies(token, keySet(issuers.getFirst()))).isTrue();
    }
    // The rotation took place, yet none but keys that verifiers know have signed.
    assertThat(tokens.stream().map(KeyRotationContractIT::kid)).contains(next);
    assertThat(current()).isNotEqualTo(next);

    clock.advance(OLD_ENOUGH);
    for (String issuer : issuers) {
      assertThat(kid(exchange(issuer).text("access_token"))).isEqualTo(current());
    }
  }

  private static boolean isDone(List<Future<?>> running) {
    return running.stream().anyMatch(Future::isDone);
  }

  @Test
  @DisplayName("§4.2, §11.2 what a revoked key signed proves no actor any more, remembered or not")
  void revokes() {
    clock.advance(OLD_ENOUGH);
    String idToken = exchange(issuers.getFirst()).text("id_token");
    for (String issuer : issuers) {
      assertThat(actedBy(idToken, issuer).status()).isEqualTo(200);
    }
    String kid = kid(idToken);
    rotate(issuers.getFirst());
    clock.advance(OLD_ENOUGH);

    assertThat(
            Administrator.at(issuers.get(1))
                .call("PUT", "/keys/signing/" + kid + "/revoke", Optional.empty())
                .status())
        .isEqualTo(200);

    for (String issuer : issuers) {
      await().until(() -> !keySet(issuer).containsKey(kid));
      assertThat(actedBy(idToken, issuer).error())
          .isEqualTo("400 invalid_request: Invalid actor_token");
      assertThat(kid(exchange(issuer).text("access_token"))).isEqualTo(current());
    }
  }

  @Test
  @DisplayName("§11.2 a key that replaced a revoked one signs at once: its predecessor must not")
  void revokedPredecessor() {
    clock.advance(OLD_ENOUGH);
    rotate(issuers.getFirst());
    String replaced = current();
    rotate(issuers.getFirst());
    assertThat(kid(exchange(issuers.getFirst()).text("access_token"))).isEqualTo(replaced);

    Administrator.at(issuers.getFirst())
        .call("PUT", "/keys/signing/" + replaced + "/revoke", Optional.empty());

    for (String issuer : issuers) {
      await().until(() -> !keySet(issuer).containsKey(replaced));
      assertThat(kid(exchange(issuer).text("access_token"))).isEqualTo(current());
    }
  }

  private static Answer actedBy(String idToken, String issuer) {
    return ClusterFixture.partnerExchange(issuer)
        .with("actor_token", idToken)
        .with("actor_token_type", "urn:ietf:params:oauth:token-type:id_token")
        .post();
  }
}
