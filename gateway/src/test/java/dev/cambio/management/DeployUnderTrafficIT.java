package dev.cambio.management;

import static dev.cambio.management.ActionFixture.EXCHANGE;
import static dev.cambio.management.ActionFixture.POST_LOGIN;
import static dev.cambio.management.ActionFixture.body;
import static dev.cambio.management.ActionFixture.path;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.cambio.e2e.TokenRequest;
import dev.cambio.e2e.TokenRequest.Answer;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("Deployment during traffic, contract actions-runtime §2.3")
class DeployUnderTrafficIT {
  private static final String BINDINGS = "/actions/triggers/post-login/bindings";
  private static final int DEPLOYMENTS = 40;
  private static final int THREADS = 4;

  private final Administrator admin = Administrator.quickstart();
  private final ActionFixture actions = new ActionFixture(admin);
  private final List<String> bound =
      admin.get(BINDINGS).body().path("bindings").findValuesAsText("display_name");

  @AfterEach
  void clean() {
    bind(bound);
    actions.close();
  }

  private void bind(List<String> names) {
    ObjectNode body = JsonNodeFactory.instance.objectNode();
    body.putArray("bindings");
    names.forEach(
        name ->
            body.withArray("bindings")
                .addObject()
                .putObject("ref")
                .put("type", "action_name")
                .put("value", name));
    assertThat(admin.patch(BINDINGS, body).status()).isEqualTo(200);
  }

  /** A version that stamps itself twice: once from its code, once from its secrets. */
  private static ObjectNode version(String stamp) {
    ObjectNode version =
        body(
            POST_LOGIN,
            """
            exports.onExecutePostLogin = async (event, api) => {
              api.accessToken.setCustomClaim('https://stamp.example/code', '%s');
              await new Promise((resolve) => setTimeout(resolve, 1));
              api.accessToken.setCustomClaim('https://stamp.example/secret', event.secrets.STAMP);
            };
            """
                .formatted(stamp));
    version.putArray("secrets").addObject().put("name", "STAMP").put("value", stamp);
    return version;
  }

  private static void exchange(String profile, AtomicBoolean over, Queue<String> outcomes) {
    while (!over.get()) {
      outcomes.add(stamps(TokenRequest.quickstart(profile, "token").post()));
    }
  }

  private static String stamps(Answer answer) {
    if (answer.status() != 200) {
      return answer.error();
    }
    ObjectNode claims = answer.accessToken();
    return claims.path("https://stamp.example/code").asText()
        + claims.path("https://stamp.example/secret").asText();
  }

  @Test
  @DisplayName("§2.3 no exchange fails, none sees parts of two versions, and the last one stays")
  void mixesNoVersions() {
    String profile =
        actions.profile(
            actions.deployed(
                EXCHANGE,
                "exports.onExecuteCustomTokenExchange = async (event, api) =>"
                    + " api.authentication.setUserById('auth0|jane');"));
    JsonNode stamping = actions.create(version("A").put("deploy", true));
    bind(List.of(stamping.path("name").asText()));

    AtomicBoolean over = new AtomicBoolean();
    Queue<String> outcomes = new ConcurrentLinkedQueue<>();
    List<CompletableFuture<Void>> traffic =
        IntStream.range(0, THREADS)
            .mapToObj(i -> CompletableFuture.runAsync(() -> exchange(profile, over, outcomes)))
            .toList();
    try {
      for (int i = 1; i <= DEPLOYMENTS; i++) {
        String stamp = i % 2 == 0 ? "A" : "B";
        ObjectNode change = version(stamp).retain("code", "secrets");
        assertThat(admin.patch(path(stamping), change).status()).isEqualTo(200);
        assertThat(admin.post(path(stamping) + "/deploy", "{}").status()).isEqualTo(200);
        // What is deployed serves the very next exchange.
        assertThat(stamps(TokenRequest.quickstart(profile, "token").post()))
            .isEqualTo(stamp + stamp);
      }
    } finally {
      over.set(true);
      traffic.forEach(CompletableFuture::join);
    }

    assertThat(outcomes).contains("AA", "BB").containsOnly("AA", "BB");
    assertThat(outcomes).hasSizeGreaterThan(DEPLOYMENTS);
  }
}
