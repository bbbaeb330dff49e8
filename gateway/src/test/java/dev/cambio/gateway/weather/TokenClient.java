package dev.cambio.gateway.weather;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.JsonNode;
import dev.cambio.e2e.PartnerTokens;
import dev.cambio.model.bus.Json;
import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.Base64;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;

/** Sends requests as the proxy in front of the gateways would, and keeps what came of each. */
final class TokenClient implements AutoCloseable {
  static final String ENDPOINT = "https://" + Installation.DOMAIN + "/oauth/token";

  /** Longer than the longest exchange, so that what hangs is seen to hang. */
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  private static final String PARTNER_SECRET = "partner-secret-of-the-weather-0123456789abcdef";
  private static final int USERS = 40;

  private final HttpClient http =
      HttpClient.newBuilder()
          .version(HttpClient.Version.HTTP_1_1)
          .connectTimeout(Duration.ofSeconds(2))
          .build();
  private final String run;
  private final AtomicInteger sent = new AtomicInteger();
  private final Queue<Attempt> attempts = new ConcurrentLinkedQueue<>();

  /**
   * A client.
   *
   * @param run what the user agents of its requests begin with, so that their log entries are found
   */
  TokenClient(String run) {
    this.run = run;
  }

  String run() {
    return run;
  }

  /** All that was sent and has ended. */
  Queue<Attempt> attempts() {
    return attempts;
  }

  /** An honest exchange of a partner's token, for one of a few users. */
  Map<String, String> partnerExchange() {
    var claims = PartnerTokens.claims("https://" + Installation.DOMAIN + "/");
    String user = "partner-" + sent.get() % USERS;
    claims.put("sub", user).put("email", user + "@partner.example");
    return exchange("urn:acme:partner-token", PartnerTokens.signed(claims, PARTNER_SECRET));
  }

  /** An exchange whose Action counts in the cluster's cache. */
  Map<String, String> countedExchange(String key) {
    return exchange("urn:weather:counted", key);
  }

  private Map<String, String> exchange(String type, String token) {
    Map<String, String> form = app("urn:ietf:params:oauth:grant-type:token-exchange");
    form.put("audience", "https://api.weather.example");
    form.put("scope", "openid read");
    form.put("subject_token_type", type);
    form.put("subject_token", token);
    return form;
  }

  Map<String, String> refresh(String refreshToken) {
    Map<String, String> form = app("refresh_token");
    form.put("refresh_token", refreshToken);
    return form;
  }

  private Map<String, String> app(String grant) {
    Map<String, String> form = new HashMap<>();
    form.put("grant_type", grant);
    form.put("client_id", "app");
    form.put("client_secret", "app-secret-of-the-weather-0123456789");
    return form;
  }

  /**
   * Sends a request and waits for what comes of it.
   *
   * @param gateway where to; whoever marks it silent ends what waits for it
   * @param proof of possession of a key (RFC 9449), if any
   */
  Attempt post(Backend gateway, Map<String, String> form, Optional<String> proof) {
    String agent = run + "/" + sent.incrementAndGet();
    HttpRequest.Builder request =
        HttpRequest.newBuilder(URI.create(gateway.url() + "/oauth/token"))
            .timeout(PATIENCE)
            .header("Content-Type", "application/x-www-form-urlencoded")
            .header("User-Agent", agent)
            .header("X-Forwarded-Host", Installation.DOMAIN)
            .header("X-Forwarded-Proto", "https")
            .header("X-Forwarded-For", "192.0.2.10")
            .POST(HttpRequest.BodyPublishers.ofString(encoded(form)));
    proof.ifPresent(value -> request.header("DPoP", value));
    long startedAt = System.nanoTime();
    CompletableFuture<HttpResponse<String>> answer =
        http.sendAsync(request.build(), HttpResponse.BodyHandlers.ofString());
    Attempt attempt = gateway.await(answer, waiting -> ended(agent, startedAt, waiting));
    attempts.add(attempt);
    return attempt;
  }

  private static Attempt ended(
      String agent, long startedAt, CompletableFuture<HttpResponse<String>> answer) {
    try {
      HttpResponse<String> response = answer.get();
      return answered(agent, startedAt, response);
    } catch (CancellationException e) {
      return Attempt.unanswered(agent, startedAt, "cut by the balancer");
    } catch (ExecutionException e) {
      Throwable cause = e.getCause() == null ? e : e.getCause();
      return Attempt.unanswered(agent, startedAt, cause.getClass().getSimpleName());
    } catch (IOException e) {
      return Attempt.unanswered(agent, startedAt, "not JSON");
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return Attempt.unanswered(agent, startedAt, "interrupted");
    }
  }

  private static Attempt answered(String agent, long startedAt, HttpResponse<String> response)
      throws IOException {
    JsonNode body = Json.parse(response.body());
    JsonNode claims = claims(body.path("access_token").asText());
    return new Attempt(
        agent,
        startedAt,
        System.nanoTime(),
        response.statusCode(),
        (body.path("error").asText() + " " + body.path("error_description").asText()).strip(),
        text(claims, "jti"),
        text(body, "refresh_token"),
        text(claims, "https://weather.example/cache"));
  }

  private static JsonNode claims(String token) throws IOException {
    String[] parts = token.split("\\.", -1);
    return Json.parse(
        parts.length == 3 ? new String(Base64.getUrlDecoder().decode(parts[1]), UTF_8) : "{}");
  }

  private static Optional<String> text(JsonNode json, String member) {
    return Optional.of(json.path(member).asText()).filter(text -> !text.isEmpty());
  }

  private static String encoded(Map<String, String> form) {
    return form.entrySet().stream()
        .map(entry -> entry.getKey() + "=" + URLEncoder.encode(entry.getValue(), UTF_8))
        .collect(Collectors.joining("&"));
  }

  @Override
  public void close() {
    http.shutdownNow();
  }
}
