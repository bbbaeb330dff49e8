package dev.cambio.runtime.host;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import dev.cambio.model.bus.Json;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.ArrayList;
import java.util.HexFormat;
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
    URI url,
    String method,
    List<Header> headers,
    Redirect redirect,
    byte @Nullable [] body,
    int hops) {
  private static final int MAX_HOPS = 20;
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
          "proxy-authorization",
          "proxy-connection");

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

  /** A request that is refused. The message is for the guest. */
  static final class Refused extends Exception {
    private static final long serialVersionUID = 1L;

    private final String reason;

    Refused(String reason) {
      super(reason, null, false, false);
      this.reason = reason;
    }

    String reason() {
      return reason;
    }
  }

  static FetchRequest parse(String headJson, byte @Nullable [] body) throws Refused {
    try {
      JsonNode head = Json.parse(headJson);
      return new FetchRequest(
          url(new URI(encoded(head.path("url").asText()))),
          method(head.path("method").asText("GET")),
          headers(head.path("headers")),
          Redirect.valueOf(head.path("redirect").asText("follow").toUpperCase(Locale.ROOT)),
          body,
          0);
    } catch (JsonProcessingException | URISyntaxException | IllegalArgumentException e) {
      throw new Refused("the request is malformed");
    }
  }

  /** The host without brackets. */
  String host() {
    return EgressPolicy.withoutBrackets(url.getHost());
  }

  boolean secure() {
    return url.getScheme().equals("https");
  }

  int port() {
    int port = url.getPort();
    return port > 0 ? port : secure() ? 443 : 80;
  }

  /** Path and query as they go on the request line. */
  String target() {
    String path = url.getRawPath().isEmpty() ? "/" : url.getRawPath();
    return url.getRawQuery() == null ? path : path + "?" + url.getRawQuery();
  }

  /** The request that follows from a redirect (Fetch standard, HTTP-redirect fetch). */
  FetchRequest redirected(int status, String location) throws Refused {
    if (redirect == Redirect.ERROR) {
      throw new Refused("unexpected redirect");
    }
    if (hops >= MAX_HOPS) {
      throw new Refused("redirect count exceeded");
    }
    URI next;
    try {
      next = url(url.resolve(new URI(encoded(location))));
    } catch (URISyntaxException e) {
      throw new Refused("the redirect is malformed");
    }
    boolean toGet =
        status == 303
            ? !method.equals("GET") && !method.equals("HEAD")
            : (status == 301 || status == 302) && method.equals("POST");
    boolean sameOrigin =
        next.getScheme().equals(url.getScheme())
            && next.getHost().equalsIgnoreCase(url.getHost())
            && next.getPort() == url.getPort();
    List<Header> kept = new ArrayList<>(headers);
    kept.removeIf(
        header -> {
          String name = header.name().toLowerCase(Locale.ROOT);
          return (toGet && OF_BODY.contains(name)) || (!sameOrigin && SENSITIVE.contains(name));
        });
    return new FetchRequest(
        next, toGet ? "GET" : method, List.copyOf(kept), redirect, toGet ? null : body, hops + 1);
  }

  // URLs may hold characters in path and query that java.net.URI does not take.
  private static String encoded(String url) {
    int fragment = url.indexOf('#');
    String whole = fragment < 0 ? url : url.substring(0, fragment);
    int authority = whole.indexOf("://");
    int tail = authority < 0 ? 0 : authority + 3;
    while (tail < whole.length() && whole.charAt(tail) != '/' && whole.charAt(tail) != '?') {
      tail++;
    }
    StringBuilder encoded = new StringBuilder(whole.length()).append(whole, 0, tail);
    for (int i = tail; i < whole.length(); i++) {
      char c = whole.charAt(i);
      if (" \"<>\\^`{|}[]".indexOf(c) >= 0) {
        encoded.append('%').append(HexFormat.of().withUpperCase().toHexDigits((byte) c));
      } else {
        encoded.append(c);
      }
    }
    return encoded.toString();
  }

  private static URI url(URI url) throws Refused {
    String scheme = url.getScheme();
    if (scheme == null || !(scheme.equals("http") || scheme.equals("https"))) {
      throw new Refused("only http and https can be fetched");
    }
    if (url.getHost() == null || url.getPort() == 0 || url.getRawUserInfo() != null) {
      throw new Refused("the URL has no usable host");
    }
    return url;
  }

  private static String method(String method) throws Refused {
    if (!isToken(method)
        || Set.of("CONNECT", "TRACE", "TRACK").contains(method.toUpperCase(Locale.ROOT))) {
      throw new Refused("the method is not allowed");
    }
    return method;
  }

  private static List<Header> headers(JsonNode pairs) throws Refused {
    List<Header> headers = new ArrayList<>();
    if (pairs.size() > MAX_HEADERS) {
      throw new Refused("too many headers");
    }
    for (JsonNode pair : pairs) {
      String name = pair.path(0).asText();
      String value = pair.path(1).asText();
      if (!isToken(name) || value.chars().anyMatch(c -> c == '\r' || c == '\n' || c == 0)) {
        throw new Refused("a header is malformed");
      }
      if (!OURS.contains(name.toLowerCase(Locale.ROOT))) {
        headers.add(new Header(name, value));
      }
    }
    return headers;
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
