package dev.cambio.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.cambio.e2e.InternalService;
import dev.cambio.e2e.TestHttp;
import dev.cambio.model.bus.Json;
import dev.cambio.model.bus.PushAnswer;
import dev.cambio.model.bus.TenantEvent;
import dev.cambio.model.bus.TokenAnswer;
import dev.cambio.model.bus.TokenCall;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
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
  private static final String OOB = "http://auth0.com/oauth/grant-type/mfa-oob";

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
  @DisplayName("as README shows it, in a process of its own, exchanges, keeps nothing, and leaves")
  void readme() throws Exception {
    assertThat(service.readme())
        .filteredOn(line -> line.startsWith("> "))
        .satisfiesExactly(
            answer -> assertThat(answer).startsWith("> 200 ").contains("\"access_token\""),
            kept -> assertThat(kept).isEqualTo("> keeps 0"),
            left -> assertThat(left).isEqualTo("> left"));
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
  @DisplayName("sends users the codes of second factors, and tells what they answered")
  void secondFactors() throws Exception {
    BlockingQueue<TenantEvent> messages = new LinkedBlockingQueue<>();
    service.bus().notifications(messages::add).completion().await(10, TimeUnit.SECONDS);
    // Nodes learn of a new listener a moment later than it does.
    for (int i = 0; messages.poll(100, TimeUnit.MILLISECONDS) == null; i++) {
      assertThat(i).isLessThan(100);
      request("x", Map.of("subject_token", service.partnerToken("l-" + UUID.randomUUID(), false)));
    }
    service.column(
        "update client set payload = payload || '{\"grant_types\":[\""
            + OOB
            + "\"]}'"
            + " where client_id = 'quickstart-app' returning client_id");
    demandSecondFactors("[\"all-applications\"]", 403);
    try {
      byCode(messages);
      byAnswer(messages);
    } finally {
      demandSecondFactors("[]", 200);
    }
  }

  private static void demandSecondFactors(String policies, int status) throws Exception {
    service.column(
        "update tenant set settings = settings || jsonb_build_object('guardian', ?::jsonb)"
            + " where id = 'quickstart' returning id",
        "{\"policies\":%s,\"factors\":{\"sms\":true,\"push-notification\":true}}"
            .formatted(policies));
    for (int i = 0; request("x", Map.of()).status() != status; i++) {
      assertThat(i).isLessThan(100);
    }
  }

  private static void byCode(BlockingQueue<TenantEvent> messages) throws Exception {
    String token = begin("sms-" + UUID.randomUUID());
    JsonNode asked =
        mfa(
            token,
            "associate",
            "{\"authenticator_types\":[\"oob\"],\"oob_channels\":[\"sms\"],"
                + "\"phone_number\":\"+15550100\"}");
    JsonNode message = message(messages);

    assertThat(asked.path("binding_method").asText()).isEqualTo("prompt");
    assertThat(message.path("channel").asText()).isEqualTo("sms");
    assertThat(message.path("to").asText()).isEqualTo("+15550100");
    assertThat(message.path("enrollment").asBoolean()).isTrue();
    Map<String, String> right =
        Map.of(
            "oob_code", asked.path("oob_code").asText(),
            "binding_code", message.path("code").asText());
    TokenAnswer answer = finish(token, right);
    assertThat(answer.status()).as(answer.body()).isEqualTo(200);
    assertThat(answer.body()).contains("access_token");
    assertThat(finish(token, right).status()).isEqualTo(401);
    assertThat(
            service.column(
                "select count(*)::text from tenant_log where payload::text like ?",
                "%" + message.path("code").asText() + "\"%"))
        .containsExactly("0");
  }

  private static void byAnswer(BlockingQueue<TenantEvent> messages) throws Exception {
    String subject = "push-" + UUID.randomUUID();
    String token = begin(subject);
    JsonNode asked =
        mfa(token, "associate", "{\"authenticator_types\":[\"oob\"],\"oob_channels\":[\"auth0\"]}");
    Map<String, String> code = Map.of("oob_code", asked.path("oob_code").asText());
    assertThat(asked.has("binding_method")).isFalse();
    assertThat(finish(token, code).body()).contains("\"authorization_pending\"");
    PushAnswer yes =
        new PushAnswer("quickstart", message(messages).path("challenge").asText(), true);
    assertThat(service.bus().answer(yes).await(10, TimeUnit.SECONDS)).isTrue();
    assertThat(service.bus().answer(yes).await(10, TimeUnit.SECONDS)).isFalse();
    assertThat(finish(token, code).status()).isEqualTo(200);

    String next = begin(subject);
    JsonNode challenge =
        mfa(
            next,
            "challenge",
            "{\"client_id\":\"quickstart-app\",\"client_secret\":"
                + "\"quickstart-app-secret-0123456789abcdef\",\"mfa_token\":\""
                + next
                + "\"}");
    Map<String, String> refused = Map.of("oob_code", challenge.path("oob_code").asText());
    service
        .bus()
        .answer(new PushAnswer("quickstart", message(messages).path("challenge").asText(), false))
        .await(10, TimeUnit.SECONDS);
    assertThat(finish(next, refused).body()).contains("\"invalid_grant\"");
    assertThat(finish(next, refused).status()).isEqualTo(401);
  }

  private static String begin(String subject) throws Exception {
    TokenAnswer demand = request("x", Map.of("subject_token", service.partnerToken(subject, true)));
    return Json.parse(demand.body()).path("mfa_token").asText();
  }

  private static JsonNode message(BlockingQueue<TenantEvent> messages) throws Exception {
    TenantEvent event = Objects.requireNonNull(messages.poll(10, TimeUnit.SECONDS));
    while (!event.type().equals("mfa_message")) {
      event = Objects.requireNonNull(messages.poll(10, TimeUnit.SECONDS));
    }
    return Json.parse(event.payload());
  }

  private static JsonNode mfa(String token, String path, String body) throws Exception {
    HttpRequest request =
        HttpRequest.newBuilder(URI.create(service.issuer() + "mfa/" + path))
            .header("Authorization", "Bearer " + token)
            .header("Content-Type", "application/json")
            .POST(HttpRequest.BodyPublishers.ofString(body))
            .build();
    return Json.parse(
        TestHttp.clientFor(request.uri())
            .send(request, HttpResponse.BodyHandlers.ofString())
            .body());
  }

  private static TokenAnswer finish(String token, Map<String, String> proof) throws Exception {
    Map<String, String> parameters = new HashMap<>(proof);
    parameters.put("grant_type", OOB);
    parameters.put("client_id", "quickstart-app");
    parameters.put("client_secret", "quickstart-app-secret-0123456789abcdef");
    parameters.put("mfa_token", token);
    return service
        .bus()
        .request(new TokenCall(service.issuer(), "192.0.2.77", Map.of(), parameters))
        .await(30, TimeUnit.SECONDS);
  }

  @Test
  @DisplayName(
      "§4.2 cannot have a gateway believe a verdict on an ID token that it put there itself")
  void plantsNoVerdict() throws Exception {
    String token = "eyJhbGciOiJSUzI1NiIsImtpZCI6ImsifQ.e30.AA";
    service.plantVerdict(
        token,
        "{\"issuer\":\"%s\",\"subject\":\"auth0|sam\",\"clientId\":\"quickstart-app\""
            .concat(",\"exp\":4000000000,\"checkedAt\":1}")
            .formatted(service.issuer()));

    TokenAnswer answer =
        request(
            "x",
            Map.of(
                "actor_token",
                token,
                "actor_token_type",
                "urn:ietf:params:oauth:token-type:id_token"));

    assertThat(answer.status()).as(answer.body()).isEqualTo(400);
    assertThat(answer.body()).contains("Invalid actor_token");
  }

  @Test
  @DisplayName("keeps none of the cluster's data")
  void keepsNothing() {
    assertThat(service.partitions()).isZero();
  }
}
