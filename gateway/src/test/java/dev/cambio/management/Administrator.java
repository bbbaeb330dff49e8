package dev.cambio.management;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import dev.cambio.e2e.TestHttp;
import dev.cambio.e2e.TestNode;
import dev.cambio.model.bus.Json;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpHeaders;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.Collectors;

/** Calls the Management API as an administrator's program would. */
public final class Administrator {

  private final String issuer;
  private final Optional<String> token;

  private Administrator(String issuer, Optional<String> token) {
    this.issuer = issuer;
    this.token = token;
  }

  /** An answer. */
  public record Response(int status, JsonNode body, HttpHeaders headers) {
    public String message() {
      return body.path("message").asText();
    }

    public String errorCode() {
      return body.path("errorCode").asText();
    }
  }

  /** The shared node's quickstart tenant, with every scope. */
  public static Administrator quickstart() {
    return at(TestNode.shared().quickstart());
  }

  /** The shared node's tenant of the contract tests, with every scope. */
  public static Administrator contract() {
    return new Administrator(TestNode.shared().contract(), Optional.empty())
        .as("administrator", "administrator-secret-0123456789");
  }

  /** The quickstart tenant of any node, with every scope. */
  public static Administrator at(String issuer) {
    return new Administrator(issuer, Optional.empty())
        .as("quickstart-admin", "quickstart-admin-secret-0123456789abcdef");
  }

  /** A caller without a token. */
  public static Administrator anonymous(String issuer) {
    return new Administrator(issuer, Optional.empty());
  }

  /** The same tenant with a token of another client's. */
  public Administrator as(String clientId, String secret) {
    return withToken(token(clientId, secret, issuer + "api/v2/"));
  }

  public Administrator withToken(String other) {
    return new Administrator(issuer, Optional.of(other));
  }

  public Administrator withoutToken() {
    return new Administrator(issuer, Optional.empty());
  }

  /** An access token of a client's own. */
  public String token(String clientId, String secret, String audience) {
    Response response = tryToken(clientId, secret, audience);
    return Optional.ofNullable(response.body().path("access_token").textValue())
        .orElseThrow(() -> new AssertionError("no token: " + response.body()));
  }

  /** The answer to a client that asks for a token of its own. */
  public Response tryToken(String clientId, String secret, String audience) {
    Map<String, String> form =
        Map.of(
            "grant_type", "client_credentials",
            "client_id", clientId,
            "client_secret", secret,
            "audience", audience);
    String body =
        form.entrySet().stream()
            .map(p -> p.getKey() + "=" + URLEncoder.encode(p.getValue(), UTF_8))
            .collect(Collectors.joining("&"));
    return send(
        HttpRequest.newBuilder(URI.create(issuer + "oauth/token"))
            .header("Content-Type", "application/x-www-form-urlencoded")
            .POST(HttpRequest.BodyPublishers.ofString(body))
            .build());
  }

  /** The key ids that the tenant publishes. */
  public List<String> publishedKeys() {
    Response jwks =
        send(HttpRequest.newBuilder(URI.create(issuer + ".well-known/jwks.json")).build());
    return jwks.body().path("keys").findValuesAsText("kid");
  }

  public Response get(String path) {
    return call("GET", path, Optional.empty());
  }

  /** A body in JSON with single for double quotes, for reading ease. */
  public Response post(String path, String body) {
    return call("POST", path, Optional.of(body.replace('\'', '"')));
  }

  public Response post(String path, JsonNode body) {
    return call("POST", path, Optional.of(Json.write(body)));
  }

  public Response put(String path, String body) {
    return call("PUT", path, Optional.of(body.replace('\'', '"')));
  }

  public Response patch(String path, String body) {
    return call("PATCH", path, Optional.of(body.replace('\'', '"')));
  }

  public Response patch(String path, JsonNode body) {
    return call("PATCH", path, Optional.of(Json.write(body)));
  }

  public Response delete(String path) {
    return call("DELETE", path, Optional.empty());
  }

  public Response delete(String path, String body) {
    return call("DELETE", path, Optional.of(body.replace('\'', '"')));
  }

  /** Any call; the path is below {@code /api/v2}. */
  public Response call(String method, String path, Optional<String> body) {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(URI.create(issuer + "api/v2" + path))
            .method(
                method,
                body.map(HttpRequest.BodyPublishers::ofString)
                    .orElseGet(HttpRequest.BodyPublishers::noBody));
    body.ifPresent(json -> request.header("Content-Type", "application/json"));
    token.ifPresent(bearer -> request.header("Authorization", "Bearer " + bearer));
    return send(request.build());
  }

  private static Response send(HttpRequest request) {
    try {
      HttpResponse<String> response =
          TestHttp.clientFor(request.uri()).send(request, HttpResponse.BodyHandlers.ofString());
      JsonNode body =
          response.body().isEmpty() ? MissingNode.getInstance() : Json.parse(response.body());
      return new Response(response.statusCode(), body, response.headers());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  /** A path segment, percent-encoded. */
  public static String segment(String text) {
    return URLEncoder.encode(text, UTF_8).replace("+", "%20");
  }

  /** A name that no other test uses. */
  public static String unique(String prefix) {
    return prefix + "-" + UUID.randomUUID().toString().substring(0, 8);
  }
}
