package dev.cambio.gateway.stream;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.cambio.gateway.store.Payload;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * Where and how a stream of type http is posted.
 *
 * @param headers besides those of HTTP itself; values are secrets
 */
public record Webhook(URI endpoint, StreamFormat format, Map<String, String> headers) {
  private static final Pattern NAME = Pattern.compile("[A-Za-z0-9!#$%&'*+.^_`|~-]{1,100}");
  private static final Pattern VALUE = Pattern.compile("[\\t\\x20-\\x7e]{0,2000}");

  /** Headers that say how the message is framed, or have a member of their own. */
  private static final Set<String> RESERVED =
      Set.of(
          "host",
          "connection",
          "content-length",
          "content-type",
          "transfer-encoding",
          "te",
          "trailer",
          "upgrade",
          "expect",
          "keep-alive",
          "proxy-authorization",
          "authorization");

  /**
   * Reads a stored sink.
   *
   * @param secrets {@code httpAuthorization}, and values of custom headers under {@code headers}
   */
  static Webhook of(ObjectNode sink, ObjectNode secrets) {
    Map<String, String> headers = new LinkedHashMap<>();
    headers.put("Content-Type", sink.path("httpContentType").asText("application/json"));
    Optional.ofNullable(secrets.path("httpAuthorization").textValue())
        .ifPresent(value -> headers.put("Authorization", value));
    for (Map.Entry<String, JsonNode> header : Payload.member(secrets, "headers").properties()) {
      headers.put(header.getKey(), header.getValue().asText());
    }
    return new Webhook(
        URI.create(sink.path("httpEndpoint").asText()),
        StreamFormat.valueOf(sink.path("httpContentFormat").asText("JSONARRAY")),
        headers);
  }

  /** Whether logs can be posted there: https, with a host, and no password in it. */
  public static boolean isEndpoint(String text) {
    try {
      URI uri = new URI(text);
      return "https".equalsIgnoreCase(uri.getScheme())
          && uri.getHost() != null
          && uri.getRawUserInfo() == null
          && uri.getRawFragment() == null
          && uri.getPort() <= 65_535
          && uri.getPort() != 0;
    } catch (URISyntaxException e) {
      return false;
    }
  }

  /** Whether two endpoints are the same scheme, host and port; not if one is no endpoint. */
  public static boolean sameReceiver(String one, String other) {
    if (!isEndpoint(one) || !isEndpoint(other)) {
      return false;
    }
    Webhook first = at(one);
    Webhook second = at(other);
    return first.host().equalsIgnoreCase(second.host()) && first.port() == second.port();
  }

  private static Webhook at(String endpoint) {
    return new Webhook(URI.create(endpoint), StreamFormat.JSONARRAY, Map.of());
  }

  /** Whether administrators may set that header. */
  public static boolean isHeader(String name) {
    return NAME.matcher(name).matches() && !RESERVED.contains(name.toLowerCase(Locale.ROOT));
  }

  /** Whether a header may have that value: printable ASCII. */
  public static boolean isHeaderValue(String value) {
    return VALUE.matcher(value).matches();
  }

  String host() {
    String host = endpoint.getHost();
    return host.startsWith("[") ? host.substring(1, host.length() - 1) : host;
  }

  int port() {
    return endpoint.getPort() < 0 ? 443 : endpoint.getPort();
  }

  /** Path and query. */
  String target() {
    String path = endpoint.getRawPath();
    String query = endpoint.getRawQuery();
    return (path == null || path.isEmpty() ? "/" : path) + (query == null ? "" : "?" + query);
  }

  /** Names the endpoint; headers stay out. */
  @Override
  public String toString() {
    return "Webhook[" + host() + "]";
  }
}
