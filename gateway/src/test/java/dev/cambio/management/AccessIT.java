package dev.cambio.management;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.cambio.e2e.TestNode;
import dev.cambio.management.Administrator.Response;
import java.util.Optional;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("Access to the Management API, contract management-api §1.1, §1.2")
class AccessIT {
  private static final String API = "api/v2/";
  private static final Administrator CONTRACT =
      Administrator.anonymous(TestNode.shared().contract());

  private final Administrator admin = Administrator.quickstart();

  @Test
  @DisplayName("§1.2 without a token: 401 Missing authentication")
  void refusesMissingTokens() {
    Response refused = admin.withoutToken().get("/resource-servers");

    assertThat(refused.status()).isEqualTo(401);
    assertThat(refused.message()).isEqualTo("Missing authentication");
    assertThat(refused.body().path("error").asText()).isEqualTo("Unauthorized");
    assertThat(refused.headers().firstValue("WWW-Authenticate")).contains("Bearer");
  }

  @Test
  @DisplayName("§1.2 with something that is no token: 401 Invalid token")
  void refusesNonsense() {
    Response refused = admin.withToken("nonsense").get("/resource-servers");

    assertThat(refused.status()).isEqualTo(401);
    assertThat(refused.message()).isEqualTo("Invalid token");
  }

  @Test
  @DisplayName("§1.2 with another tenant's token: 401 Invalid signature")
  void refusesOtherTenants() {
    String issuer = TestNode.shared().contract();
    String token = CONTRACT.token("administrator", "administrator-secret-0123456789", issuer + API);

    Response refused = admin.withToken(token).get("/resource-servers");

    assertThat(refused.status()).isEqualTo(401);
    assertThat(refused.message())
        .isEqualTo("Invalid signature received for JSON Web Token validation");
  }

  @Test
  @DisplayName("§1.2 with a token for another API: 401 Bad audience")
  void refusesOtherAudiences() {
    String token =
        CONTRACT.token("service", "service-secret-0123456789", "https://api.contract.example");

    Response refused = CONTRACT.withToken(token).get("/resource-servers");

    assertThat(refused.status()).isEqualTo(401);
    assertThat(refused.message()).isEqualTo("Bad audience: https://api.contract.example");
  }

  @Test
  @DisplayName("§1.2 with an expired token: 401 Expired token")
  void refusesExpiredTokens() {
    String lifetime =
        "update resource_server set payload = payload || ?::jsonb"
            + " where tenant_id = 'contract' and payload ->> 'is_system' = 'true'";
    TestNode node = TestNode.shared();
    node.execute(lifetime, "{\"token_lifetime\":0}");
    try {
      // The node hears of the change in a moment, and a token of before lives on.
      String expired =
          await()
              .until(
                  () -> CONTRACT.token("reader", "reader-secret-0123456789", node.contract() + API),
                  token -> CONTRACT.withToken(token).get("/resource-servers").status() == 401);

      assertThat(CONTRACT.withToken(expired).get("/resource-servers").message())
          .isEqualTo("Expired token received for JSON Web Token validation");
    } finally {
      node.execute(lifetime, "{\"token_lifetime\":86400}");
    }
  }

  @Test
  @DisplayName("§1.2 without the scope: 403 in the words that the deploy CLI looks for")
  void refusesMissingScopes() {
    Response refused =
        CONTRACT
            .as("reader", "reader-secret-0123456789")
            .post("/resource-servers", "{'identifier':'https://x.example'}");

    assertThat(refused.status()).isEqualTo(403);
    assertThat(refused.errorCode()).isEqualTo("insufficient_scope");
    assertThat(refused.message())
        .isEqualTo("Insufficient scope, expected any of: create:resource_servers");
  }

  @Test
  @DisplayName("§1.2 a body of more than 256 KiB, in another form, or not JSON is a 4xx")
  void refusesBodies() {
    assertThat(admin.post("/resource-servers", "x".repeat(256 * 1024 + 1)).status()).isEqualTo(413);
    assertThat(admin.post("/resource-servers", "{").message())
        .isEqualTo("Invalid request payload JSON format");
    assertThat(admin.post("/resource-servers", "").message())
        .isEqualTo("Payload validation error: 'Missing request body'.");
  }

  @Test
  @DisplayName("Every change is in the tenant log as sapi, with the client that made it")
  void logsChanges() {
    String path = "/resource-servers/" + Administrator.unique("none");

    admin.delete(path);

    assertThat(
            TestNode.shared()
                .column(
                    "select payload ->> 'client_id' from tenant_log where type = 'sapi'"
                        + " and payload #>> '{details,request,path}' = ?",
                    "/api/v2" + path))
        .containsExactly("quickstart-admin");
  }

  @Test
  @DisplayName("§1.2 an unknown path is 404, and a known one with another method 405")
  void tellsPathsFromMethods() {
    assertThat(admin.get("/nonsense").status()).isEqualTo(404);
    Response wrong = admin.call("PUT", "/resource-servers", Optional.empty());
    assertThat(wrong.status()).isEqualTo(405);
    assertThat(wrong.headers().firstValue("Allow")).contains("GET, POST");
  }

  @Test
  @DisplayName("§1.2 every answer tells the rate limit")
  void tellsRateLimits() {
    Response answer = admin.get("/resource-servers");

    assertThat(answer.headers().firstValue("X-RateLimit-Limit")).contains("1000");
    assertThat(answer.headers().firstValue("X-RateLimit-Remaining")).isPresent();
    assertThat(answer.headers().firstValueAsLong("X-RateLimit-Reset").orElseThrow())
        .isGreaterThan(1_700_000_000L);
  }
}
