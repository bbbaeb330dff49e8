package dev.cambio.management;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.cambio.management.Administrator.Response;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("Signing keys, contract management-api §2.13")
class SigningKeysIT {
  private static final String PATH = "/keys/signing";

  private final Administrator admin = Administrator.quickstart();

  private static String kid(Administrator any, String state) {
    for (JsonNode key : any.get(PATH).body()) {
      if (key.path(state).asBoolean() && !key.path("revoked").asBoolean()) {
        return key.path("kid").asText();
      }
    }
    throw new AssertionError("no " + state + " key");
  }

  private List<String> published() {
    return admin.publishedKeys();
  }

  private Response rotate() {
    return admin.call("POST", PATH + "/rotate", Optional.empty());
  }

  /** With a token that is signed with the key that is current now. */
  private Response revoke(String kid) {
    return Administrator.quickstart().call("PUT", PATH + "/" + kid + "/revoke", Optional.empty());
  }

  @Test
  @DisplayName("§2.13 keys are shown with certificate and fingerprints, unknown ones are 404")
  void shows() {
    String kid = kid(admin, "current");
    JsonNode key = admin.get(PATH + "/" + kid).body();

    assertThat(key.path("cert").asText()).startsWith("-----BEGIN CERTIFICATE-----");
    assertThat(key.path("pkcs7").asText()).startsWith("-----BEGIN PKCS7-----");
    assertThat(key.path("fingerprint").asText()).matches("([0-9A-F]{2}:){19}[0-9A-F]{2}");
    assertThat(key.path("thumbprint").asText())
        .isEqualTo(key.path("fingerprint").asText().replace(":", ""));
    assertThat(key.path("revoked").asBoolean(true)).isFalse();
    assertThat(admin.get(PATH + "/none").message()).isEqualTo("Signing key not found.");
    assertThat(admin.get(PATH).body().findValuesAsText("kid")).contains(kid);
  }

  @Test
  @DisplayName(
      "§2.13 rotating promotes the next key; tokens of the previous one are valid until it is"
          + " revoked")
  void rotatesAndRevokes() {
    String before = kid(admin, "current");
    String next = kid(admin, "next");

    Response rotated = rotate();

    assertThat(rotated.status()).isEqualTo(201);
    assertThat(rotated.body().path("kid").asText()).isEqualTo(next);
    assertThat(kid(admin, "current")).isEqualTo(next);
    assertThat(published()).contains(before, next, kid(admin, "next"));
    // This administrator's token is signed with the key that is now previous.
    assertThat(admin.get(PATH).status()).isEqualTo(200);

    Response revoked = revoke(before);

    assertThat(revoked.status()).isEqualTo(200);
    assertThat(revoked.body().path("kid").asText()).isEqualTo(before);
    assertThat(published()).doesNotContain(before).contains(next);
    assertThat(admin.get(PATH).status()).isEqualTo(401);
    JsonNode gone = Administrator.quickstart().get(PATH + "/" + before).body();
    assertThat(gone.path("revoked").asBoolean()).isTrue();
    assertThat(gone.path("revoked_at").asText()).isNotEmpty();
    assertThat(revoke(before).status()).isEqualTo(400);
  }

  @Test
  @DisplayName("§2.13 only previous keys can be revoked")
  void refusesToRevokeOthers() {
    assertThat(revoke(kid(admin, "current")).message())
        .isEqualTo("Only a previous signing key can be revoked.");
    assertThat(revoke(kid(admin, "next")).status()).isEqualTo(400);
    assertThat(revoke("none").status()).isEqualTo(404);
  }

  @Test
  @DisplayName("§2.13 rotations at the same time follow each other")
  void rotatesConcurrently() throws Exception {
    String before = kid(admin, "current");
    List<Future<Response>> answers = new ArrayList<>();
    try (ExecutorService executor = Executors.newVirtualThreadPerTaskExecutor()) {
      for (int i = 0; i < 3; i++) {
        answers.add(executor.submit(this::rotate));
      }
      List<String> kids = new ArrayList<>();
      for (Future<Response> answer : answers) {
        assertThat(answer.get().status()).isEqualTo(201);
        kids.add(answer.get().body().path("kid").asText());
      }
      assertThat(kids).doesNotHaveDuplicates().contains(kid(admin, "current"));
      assertThat(published()).contains(before).containsAll(kids);
      // Leaves the tenant with few keys for others.
      revoke(before);
      String current = kid(Administrator.quickstart(), "current");
      kids.stream().filter(kid -> !kid.equals(current)).forEach(this::revoke);
    }
  }
}
