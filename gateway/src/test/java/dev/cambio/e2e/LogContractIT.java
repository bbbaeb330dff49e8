package dev.cambio.e2e;

import static dev.cambio.e2e.TokenRequest.SET_JANE;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.cambio.management.Administrator;
import dev.cambio.model.bus.Json;
import java.io.IOException;
import java.util.Base64;
import java.util.Iterator;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("token-endpoint §10: records of exchanges")
class LogContractIT {
  private static final Administrator ADMIN =
      Administrator.anonymous(TestNode.shared().contract())
          .as("administrator", "administrator-secret-0123456789");

  private static List<ObjectNode> logs(TokenRequest request) {
    request.post();
    return TestNode.shared().logs(request.userAgent());
  }

  private static Set<String> members(ObjectNode entry) {
    Set<String> names = new TreeSet<>();
    for (Iterator<String> all = entry.fieldNames(); all.hasNext(); ) {
      names.add(all.next());
    }
    return names;
  }

  @Test
  @DisplayName("§10.2 secte has what it must, and who logged in by which identity")
  void success() {
    ObjectNode entry = logs(TokenRequest.valid().with("scope", "read")).getLast();

    assertThat(members(entry))
        .containsExactlyInAnyOrder(
            "type",
            "log_id",
            "description",
            "tenant_name",
            "environment_name",
            "client_id",
            "client_name",
            "audience",
            "ip",
            "user_agent",
            "is_mobile",
            "scope",
            "connection",
            "connection_id",
            "strategy",
            "user_id",
            "user_name",
            "identity_user_id",
            "details");
    assertThat(entry.path("identity_user_id").asText()).isEqualTo("jane");
  }

  @Test
  @DisplayName("§10.3 fecte names the host, and neither user nor connection nor organization")
  void failure() {
    TokenRequest late = TokenRequest.valid().with("post_login", "api.access.deny('no')");
    for (TokenRequest request : List.of(TokenRequest.running(";"), late)) {
      ObjectNode entry = logs(request).getLast();

      assertThat(entry.path("type").asText()).isEqualTo("fecte");
      assertThat(members(entry))
          .contains("hostname", "description", "details")
          .doesNotContain(
              "connection",
              "connection_id",
              "user_id",
              "user_name",
              "identity_user_id",
              "organization_id",
              "organization_name");
    }
  }

  @Test
  @DisplayName("§10.2 correlation id and trace id are told; such as are no ids are not")
  void references() {
    TokenRequest traced =
        TokenRequest.valid()
            .header("X-Correlation-ID", "order-7")
            .header("traceparent", "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01");
    assertThat(logs(traced).getLast().path("references").toString())
        .isIn(
            "{\"correlation_id\":\"order-7\",\"trace_id\":\"0af7651916cd43dd8448eb211c80319c\"}",
            "{\"trace_id\":\"0af7651916cd43dd8448eb211c80319c\",\"correlation_id\":\"order-7\"}");

    TokenRequest odd =
        TokenRequest.valid()
            .header("X-Correlation-ID", "x".repeat(129))
            .header("traceparent", "00-00000000000000000000000000000000-b7ad6b7169203331-01");
    assertThat(logs(odd).getLast().has("references")).isFalse();
  }

  @Test
  @DisplayName("§10.2 auth0_client is decoded; is_mobile follows the user agent")
  void sdk() {
    String header =
        Base64.getEncoder()
            .encodeToString("{\"name\":\"auth0.js\",\"version\":\"9\",\"x\":1}".getBytes(UTF_8));
    ObjectNode entry = logs(TokenRequest.valid().header("Auth0-Client", header)).getLast();

    assertThat(entry.path("auth0_client").path("name").asText()).isEqualTo("auth0.js");
    assertThat(entry.path("auth0_client").has("x")).isFalse();
    assertThat(
            logs(TokenRequest.valid().header("Auth0-Client", "%%%")).getLast().has("auth0_client"))
        .isFalse();
  }

  @Test
  @DisplayName("§10.3 what a request says at length is cut in its record and in its answer")
  void bounded() {
    String large = "https://" + "x".repeat(100_000);
    TokenRequest request =
        TokenRequest.valid().with("audience", large).with("scope", "s".repeat(100_000));
    TokenRequest.Answer answer = request.post();

    assertThat(answer.status()).isEqualTo(403);
    assertThat(answer.response().body().length()).isLessThan(1000);
    ObjectNode entry = TestNode.shared().logs(request.userAgent()).getLast();
    assertThat(entry.toString().length()).isLessThan(6000);
    assertThat(entry.path("audience").asText()).startsWith("https://xxx").endsWith("…");
  }

  @Test
  @DisplayName("§10.3 no row holds a token or a secret, whatever became of the exchange")
  void nothingSecret() {
    String idToken = TokenRequest.valid().with("scope", "openid").post().text("id_token");
    for (String code :
        List.of(
            SET_JANE,
            "throw new Error(event.transaction.actor_token + event.secrets.API_KEY)",
            "api.access.deny('x', event.transaction.actor_token + event.secrets.API_KEY)")) {
      TokenRequest request =
          TokenRequest.running(
                  "/* subject-token-7f3a */ console.log(event.transaction.actor_token);" + code)
              .with("scope", "openid")
              .with("actor_token", idToken)
              .with("actor_token_type", "urn:ietf:params:oauth:token-type:id_token");
      TokenRequest.Answer answer = request.post();
      String rows = TestNode.shared().logs(request.userAgent()).toString();

      assertThat(rows)
          .doesNotContain(
              idToken, "subject-token-7f3a", "app-secret-0123456789", "a-secret-of-the-action");
      if (answer.status() == 200) {
        assertThat(rows).doesNotContain(answer.text("access_token"), answer.text("id_token"));
      }
    }
  }

  @Test
  @DisplayName("§3, §10.3 a body that cannot be read, and a grant nobody knows, leave one fecte")
  void unreadable() {
    TokenRequest broken = TokenRequest.valid();
    broken.post("application/json", "{");
    TokenRequest unknown = TokenRequest.valid().with("grant_type", "password");
    unknown.post();

    for (TokenRequest request : List.of(broken, unknown)) {
      assertThat(TestNode.shared().logs(request.userAgent()))
          .singleElement()
          .satisfies(entry -> assertThat(entry.path("type").asText()).isEqualTo("fecte"));
    }
  }

  @Test
  @DisplayName("§10.4 the Management API shows a record by its id, dated to the millisecond")
  void read() throws IOException {
    ObjectNode entry = logs(TokenRequest.valid()).getLast();

    ObjectNode shown =
        (ObjectNode)
            Json.parse(ADMIN.get("/logs/" + entry.path("log_id").asText()).body().toString());
    assertThat(shown.path("log_id")).isEqualTo(entry.path("log_id"));
    assertThat(shown.path("type").asText()).isEqualTo("secte");
    assertThat(shown.path("date").asText()).matches("\\d{4}-\\d\\d-\\d\\dT.*\\.\\d{3}Z");
  }
}
