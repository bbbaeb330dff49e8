package dev.cambio.runtime.host;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import dev.cambio.model.bus.Json;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * One request of guest code, checked as far as that needs no network. One hop: following a redirect
 * makes another one.
 *
 * @param headers in order, hop-by-hop ones already dropped
 * @param hops redirects followed so far
 */
@SuppressWarnings("ArrayRecordComponent") // passed through, never compared
record FetchRequest(
    FetchUrl url,
    String method,
    List<Header> headers,
    Redirect redirect,
    byte @Nullable [] body,
    int hops) {
  private static final int MAX_HEADERS = 200;

  /** Headers that belong to the connection, or that would blur where a request ends. */
  private static final Set<String> OURS =
      Set.of(
          "host",
          "connection",
          "keep-alive",
          "content-length",
          "transfer-encoding",
          "te",
          "trailer",
          "upgrade",
          "expect",
          "accept-encoding",
          "http2-settings",
          "proxy-authorization",
          "proxy-connection");

  private static final Set<String> SAFE = Set.of("GET", "HEAD", "OPTIONS");
  private static final Set<String> SENSITIVE = Set.of("authorization", "cookie");
  private static final Set<String> OF_BODY =
      Set.of("content-type", "content-encoding", "content-language", "content-location");

  record Header(String name, String value) {}

  /** What to do with a redirect. */
  enum Redirect {
    FOLLOW,
    MANUAL,
    ERROR
  }

  static FetchRequest parse(String headJson, byte @Nullable [] body) throws FetchFailure {
    try {
      JsonNode head = Json.parse(headJson);
      return new FetchRequest(
          FetchUrl.parse(head.path("url").asText()),
          method(head.path("method").asText("GET")),
          headers(head.path("headers")),
          Redirect.valueOf(head.path("redirect").asText("follow").toUpperCase(Locale.ROOT)),
          body,
          0);
    } catch (JsonProcessingException | IllegalArgumentException e) {
      throw FetchFailure.invalid("the request is malformed");
    }
  }

  /**
   * The request that follows from a redirect (Fetch standard, HTTP-redirect fetch).
   *
   * @param maxHops redirects that are followed
   */
  FetchRequest redirected(int status, String location, int maxHops) throws FetchFailure {
    if (redirect == Redirect.ERROR) {
      throw FetchFailure.invalid("unexpected redirect");
    }
    if (hops >= maxHops) {
      throw FetchFailure.limit("redirect count exceeded");
    }
    FetchUrl next = url.resolve(location);
    boolean toGet =
        status == 303
            ? !method.equals("GET") && !method.equals("HEAD")
            : (status == 301 || status == 302) && method.equals("POST");
    boolean sameOrigin = next.sameOrigin(url);
    List<Header> kept = new ArrayList<>(headers);
    kept.removeIf(
        header -> {
          String name = header.name().toLowerCase(Locale.ROOT);
          return (toGet && OF_BODY.contains(name)) || (!sameOrigin && SENSITIVE.contains(name));
        });
    return new FetchRequest(
        next, toGet ? "GET" : method, List.copyOf(kept), redirect, toGet ? null : body, hops + 1);
  }

  /** Whether it asks for no change at the server (RFC 9110 §9.2.1). */
  boolean isSafe() {
    return SAFE.contains(method);
  }

  boolean has(String name) {
    return headers.stream().anyMatch(header -> header.name().equalsIgnoreCase(name));
  }

  private static String method(String method) throws FetchFailure {
    if (!isToken(method)
        || Set.of("CONNECT", "TRACE", "TRACK").contains(method.toUpperCase(Locale.ROOT))) {
      throw FetchFailure.invalid("the method is not allowed");
    }
    return method;
  }

  private static List<Header> headers(JsonNode pairs) throws FetchFailure {
    List<Header> headers = new ArrayList<>();
    if (pairs.size() > MAX_HEADERS) {
      throw FetchFailure.limit("more than " + MAX_HEADERS + " headers");
    }
    for (JsonNode pair : pairs) {
      String name = pair.path(0).asText();
      String value = pair.path(1).asText();
      if (!isToken(name) || !isValue(value)) {
        throw FetchFailure.invalid("a header is malformed");
      }
      if (!OURS.contains(name.toLowerCase(Locale.ROOT))) {
        headers.add(new Header(name, value));
      }
    }
    return headers;
  }

  // RFC 9110 §5.5. Characters that do not fit a byte might lose all but their low byte on the wire,
  // which can be a line end.
  private static boolean isValue(String text) {
    return text.chars().allMatch(c -> c == '\t' || (c >= ' ' && c <= 0xFF && c != 0x7F));
  }

  // RFC 9110 §5.6.2
  private static boolean isToken(String text) {
    return !text.isEmpty()
        && text.chars()
            .allMatch(
                c ->
                    (c >= 'a' && c <= 'z')
                        || (c >= 'A' && c <= 'Z')
                        || (c >= '0' && c <= '9')
                        || "!#$%&'*+-.^_`|~".indexOf(c) >= 0);
  }
}
