package dev.cambio.e2e;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.cambio.model.bus.Json;
import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.UUID;
import java.util.stream.Collectors;

/**
 * A token request that is valid until a test changes one thing. Its user agent is unique, so that
 * its log entries can be found.
 */
public final class TokenRequest {
  private static final Duration TIMEOUT = Duration.ofSeconds(30);

  /** An Action that lets the exchange succeed. */
  static final String SET_JANE = "api.authentication.setUserById('auth0|jane');";

  private final String issuer;
  private final Map<String, String> parameters = new LinkedHashMap<>();
  private final Map<String, String> headers = new LinkedHashMap<>();
  private boolean proxied;
  private final String userAgent = "e2e/" + UUID.randomUUID();

  private TokenRequest(String issuer) {
    this.issuer = issuer;
    headers.put("User-Agent", userAgent);
  }

  /** An exchange in the contract tests' tenant whose Action runs the given code. */
  static TokenRequest running(String code) {
    return running(TestNode.shared(), code);
  }

  /** The same at another node. */
  static TokenRequest running(TestNode node, String code) {
    return new TokenRequest(node.contract())
        .with("grant_type", "urn:ietf:params:oauth:grant-type:token-exchange")
        .with("client_id", "app")
        .with("client_secret", "app-secret-0123456789")
        .with("audience", "https://api.contract.example")
        .with("subject_token_type", "urn:contract:scripted")
        .with("subject_token", code);
  }

  /** The exchange that succeeds for {@code auth0|jane}. */
  static TokenRequest valid() {
    return running(SET_JANE);
  }

  /** A client of the contract tests' tenant asks for a token of its own. */
  static TokenRequest ofClient(String clientId) {
    return new TokenRequest(TestNode.shared().contract())
        .with("grant_type", "client_credentials")
        .client(clientId);
  }

  /** A client of the contract tests' tenant exchanges a refresh token. */
  static TokenRequest refreshing(String clientId, String refreshToken) {
    return new TokenRequest(TestNode.shared().contract())
        .with("grant_type", "refresh_token")
        .with("refresh_token", refreshToken)
        .client(clientId);
  }

  /** A client of the contract tests' tenant asks another endpoint about a token. */
  static TokenRequest about(String token, String clientId) {
    return new TokenRequest(TestNode.shared().contract()).with("token", token).client(clientId);
  }

  /** The exchange of a partner token in the quickstart tenant. */
  public static TokenRequest quickstart(String profile, String subjectToken) {
    return quickstart(TestNode.shared().quickstart(), profile, subjectToken);
  }

  /** The same at another node. */
  static TokenRequest quickstart(String issuer, String profile, String subjectToken) {
    return new TokenRequest(issuer)
        .with("grant_type", "urn:ietf:params:oauth:grant-type:token-exchange")
        .with("client_id", "quickstart-app")
        .with("client_secret", "quickstart-app-secret-0123456789abcdef")
        .with("audience", "https://api.acme.example/orders")
        .with("subject_token_type", profile)
        .with("subject_token", subjectToken);
  }

  public TokenRequest with(String name, String value) {
    parameters.put(name, value);
    return this;
  }

  TokenRequest without(String name) {
    parameters.remove(name);
    return this;
  }

  TokenRequest header(String name, String value) {
    headers.put(name, value);
    return this;
  }

  /** Another client, authenticated by its secret in the body. */
  TokenRequest client(String clientId) {
    return with("client_id", clientId).with("client_secret", clientId + "-secret-0123456789");
  }

  /** Sent by the trusted proxy. */
  TokenRequest proxied() {
    proxied = true;
    return this;
  }

  /** HTTP Basic instead of parameters. */
  TokenRequest basic(String clientId, String secret) {
    String pair = Base64.getEncoder().encodeToString((clientId + ":" + secret).getBytes(UTF_8));
    return without("client_id").without("client_secret").header("Authorization", "Basic " + pair);
  }

  public String userAgent() {
    return userAgent;
  }

  public Answer post() {
    return post("application/x-www-form-urlencoded", form());
  }

  Answer postJson() {
    return post("application/json", Json.write(parameters));
  }

  String form() {
    return parameters.entrySet().stream()
        .map(p -> encode(p.getKey()) + "=" + encode(p.getValue()))
        .collect(Collectors.joining("&"));
  }

  /** The same to another endpoint. */
  Answer postTo(String path) {
    return postTo(path, "application/x-www-form-urlencoded", form());
  }

  /** Any body at all. */
  Answer post(String contentType, String body) {
    return postTo("oauth/token", contentType, body);
  }

  private Answer postTo(String path, String contentType, String body) {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(URI.create(issuer + path))
            .timeout(TIMEOUT)
            .header("Content-Type", contentType)
            .POST(HttpRequest.BodyPublishers.ofString(body));
    headers.forEach(request::header);
    HttpRequest built = request.build();
    return send(proxied ? TestHttp.proxy() : TestHttp.clientFor(built.uri()), built);
  }

  static Answer get(String url) {
    return send(HttpRequest.newBuilder(URI.create(url)).timeout(TIMEOUT).build());
  }

  static Answer send(HttpRequest request) {
    return send(TestHttp.clientFor(request.uri()), request);
  }

  private static Answer send(HttpClient client, HttpRequest request) {
    try {
      HttpResponse<String> response = client.send(request, HttpResponse.BodyHandlers.ofString());
      return new Answer(response);
    } catch (IOException e) {
      throw new IllegalStateException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  private static String encode(String text) {
    return URLEncoder.encode(text, UTF_8);
  }

  /** What came back. */
  public record Answer(HttpResponse<String> response) {
    public int status() {
      return response.statusCode();
    }

    public String header(String name) {
      return response.headers().firstValue(name).orElse("");
    }

    ObjectNode json() {
      return parse(response.body());
    }

    public String text(String member) {
      return json().path(member).asText();
    }

    /** The claims of the access token, unverified. */
    public ObjectNode accessToken() {
      return part(text("access_token"), 1);
    }

    /** The claims of the ID token, unverified. */
    ObjectNode idToken() {
      return part(text("id_token"), 1);
    }

    /** One part of a JWT. */
    static ObjectNode part(String token, int index) {
      String part = token.split("\\.")[index];
      return parse(new String(Base64.getUrlDecoder().decode(part), UTF_8));
    }

    private static ObjectNode parse(String json) {
      try {
        JsonNode node = Json.parse(json);
        return (ObjectNode) node;
      } catch (IOException e) {
        throw new IllegalStateException("not JSON: " + json, e);
      }
    }

    /** An error answer in one line, for whole-value assertions. */
    public String error() {
      return status() + " " + text("error") + ": " + text("error_description");
    }
  }
}
