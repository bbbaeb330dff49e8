package dev.cambio.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.cambio.e2e.InternalService;
import dev.cambio.model.bus.Json;
import dev.cambio.model.bus.TenantEvent;
import dev.cambio.model.bus.TokenAnswer;
import dev.cambio.model.bus.TokenCall;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("A service that has joined the cluster")
class InternalServiceIT {
  private static InternalService service;

  @BeforeAll
  static void join() throws Exception {
    service = InternalService.join();
  }

  @AfterAll
  static void leave() throws Exception {
    service.close();
  }

  private static TokenAnswer request(String agent, Map<String, String> changes) throws Exception {
    Map<String, String> parameters = new HashMap<>(service.partnerExchange());
    parameters.putAll(changes);
    return service
        .bus()
        .request(
            new TokenCall(service.issuer(), "192.0.2.77", Map.of("User-Agent", agent), parameters))
        .await(30, TimeUnit.SECONDS);
  }

  @Test
  @DisplayName("exchanges over the event bus as it would by HTTP, log row included")
  void exchanges() throws Exception {
    String agent = "service/" + UUID.randomUUID();

    TokenAnswer answer = request(agent, Map.of());

    assertThat(answer.status()).as(answer.body()).isEqualTo(200);
    JsonNode body = Json.parse(answer.body());
    assertThat(body.path("token_type").asText()).isEqualTo("Bearer");
    assertThat(body.path("access_token").asText()).contains(".");
    assertThat(
            service.column(
                "select type || ' ' || (payload ->> 'ip') from tenant_log"
                    + " where payload ->> 'user_agent' = ?",
                agent))
        .containsExactly("secte 192.0.2.77");
  }

  @Test
  @DisplayName("gets refusals as answers, with their exact status and text")
  void refusals() throws Exception {
    TokenAnswer unauthorized = request("x", Map.of("client_secret", "wrong"));
    assertThat(unauthorized.status()).isEqualTo(401);
    assertThat(unauthorized.body())
        .isEqualTo("{\"error\":\"access_denied\",\"error_description\":\"Unauthorized\"}");

    TokenAnswer large = request("x", Map.of("padding", "x".repeat(256 * 1024)));
    assertThat(large.status()).isEqualTo(413);
    for (String issuer : new String[] {"nonsense", "http://else.example", "::", ""}) {
      TokenAnswer wrong =
          service
              .bus()
              .request(new TokenCall(issuer, "192.0.2.77", Map.of(), Map.of()))
              .await(30, TimeUnit.SECONDS);
      assertThat(wrong.status()).isEqualTo(400);
    }
    TokenAnswer unknown =
        service
            .bus()
            .request(new TokenCall("http://else.example/", "192.0.2.77", Map.of(), Map.of()))
            .await(30, TimeUnit.SECONDS);
    assertThat(unknown.status()).isEqualTo(404);
    TokenAnswer address =
        service
            .bus()
            .request(new TokenCall(service.issuer(), "not-an-ip", Map.of(), Map.of()))
            .await(30, TimeUnit.SECONDS);
    assertThat(address.status()).isEqualTo(400);
  }

  @Test
  @DisplayName("hears of every committed log entry, and of new users who are to prove an address")
  void listens() throws Exception {
    BlockingQueue<TenantEvent> logs = new LinkedBlockingQueue<>();
    BlockingQueue<TenantEvent> notifications = new LinkedBlockingQueue<>();
    service.bus().logs(logs::add).completion().await(10, TimeUnit.SECONDS);
    service.bus().notifications(notifications::add).completion().await(10, TimeUnit.SECONDS);
    String subject = "bus-" + UUID.randomUUID();

    // Nodes learn of a new listener a moment later than it does.
    for (int i = 0; i < 20 && (logs.isEmpty() || notifications.isEmpty()); i++) {
      request("listener", Map.of("subject_token", service.partnerToken(subject + i, false)));
    }

    TenantEvent heard = Objects.requireNonNull(logs.poll(10, TimeUnit.SECONDS));
    assertThat(heard.tenantId()).isEqualTo("quickstart");
    assertThat(heard.type()).isEqualTo("secte");
    assertThat(Json.parse(heard.payload()).path("user_agent").asText()).isEqualTo("listener");
    TenantEvent mail = Objects.requireNonNull(notifications.poll(10, TimeUnit.SECONDS));
    assertThat(mail.type()).isEqualTo("verification_email");
    assertThat(Json.parse(mail.payload()).path("user_id").asText()).contains(subject);
  }

  @Test
  @DisplayName("with another cluster secret gets no answer, and could read none")
  void stranger() throws Exception {
    try (InternalService stranger =
        InternalService.joinAs("another-secret-0123456789-0123456789")) {
      assertThat(stranger.failsToAsk()).isTrue();
    }
  }
}
