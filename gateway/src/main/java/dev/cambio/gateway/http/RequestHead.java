package dev.cambio.gateway.http;

import dev.cambio.gateway.error.OAuthException.RequestInvalid;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpVersion;
import io.vertx.core.MultiMap;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.net.HostAndPort;
import java.util.HashSet;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What a request's head must be, whatever it asks for: one that this server and any proxy in front
 * of it read alike. Another is answered 400 and its connection closed.
 */
final class RequestHead {
  /** Headers that decide who is asking, for whom, and where the body ends. */
  private static final Set<String> SINGLE =
      Set.of(
          "authorization",
          "dpop",
          "cname-api-key",
          "auth0-forwarded-for",
          "host",
          "content-type",
          "content-length",
          "transfer-encoding",
          "x-forwarded-proto",
          "x-forwarded-host");

  /** Those of a certificate, as the proxy that ends mutual TLS sends them. */
  private static final String CERTIFICATE = "client-certificate";

  private static final Pattern ABSOLUTE =
      Pattern.compile("https?://([^/?#]*)([/?].*)?", Pattern.CASE_INSENSITIVE);

  private RequestHead() {}

  /**
   * Requires a sound head, as Vert.x's decoder leaves it.
   *
   * @throws RequestInvalid saying what is wrong
   */
  static void requireSound(HttpRequest request) {
    MultiMap headers = (MultiMap) request.headers();
    String target = request.uri();
    requireSingle(headers);
    requireFraming(request.protocolVersion(), headers);
    String host = headers.get(HttpHeaders.HOST);
    if (host == null) {
      throw new RequestInvalid("The request has no Host");
    }
    requireHost(host);
    requireTarget(target, host);
    requireEscapes(target);
  }

  private static void requireSingle(MultiMap headers) {
    Set<String> seen = new HashSet<>();
    for (Map.Entry<String, String> header : headers) {
      String name = header.getKey().toLowerCase(Locale.ROOT);
      if ((SINGLE.contains(name) || name.startsWith(CERTIFICATE)) && !seen.add(name)) {
        throw RequestInvalid.naming("The header %s is given more than once", name);
      }
    }
  }

  /** RFC 9112 §6.1. */
  private static void requireFraming(HttpVersion version, MultiMap headers) {
    String coding = headers.get(HttpHeaders.TRANSFER_ENCODING);
    if (coding == null) {
      return;
    }
    if (!coding.equalsIgnoreCase("chunked") || !version.equals(HttpVersion.HTTP_1_1)) {
      throw new RequestInvalid("The Transfer-Encoding must be chunked, in HTTP/1.1");
    }
    if (headers.contains(HttpHeaders.CONTENT_LENGTH)) {
      throw new RequestInvalid("The request has both Content-Length and Transfer-Encoding");
    }
  }

  private static void requireHost(String host) {
    HostAndPort authority = HostAndPort.parseAuthority(host, -1);
    if (authority == null || authority.host().isEmpty()) {
      throw new RequestInvalid("The Host is not valid");
    }
  }

  /** RFC 9112 §3.2: a path, or an absolute URI whose authority is that of {@code Host}. */
  private static void requireTarget(String target, String host) {
    if (target.startsWith("/")) {
      return;
    }
    Matcher absolute = ABSOLUTE.matcher(target);
    if (!absolute.matches()) {
      throw new RequestInvalid("The request target must be a path");
    }
    if (!absolute.group(1).equalsIgnoreCase(host)) {
      throw new RequestInvalid("The request target names another host than Host");
    }
  }

  /** Vert.x would give up on others with an exception of its own, and a stack trace. */
  private static void requireEscapes(String target) {
    int end = target.indexOf('?') < 0 ? target.length() : target.indexOf('?');
    for (int at = target.indexOf('%'); at >= 0 && at < end; at = target.indexOf('%', at + 1)) {
      if (at + 2 >= end
          || Character.digit(target.charAt(at + 1), 16) < 0
          || Character.digit(target.charAt(at + 2), 16) < 0) {
        throw new RequestInvalid("The request target has a broken percent-encoding");
      }
    }
  }
}
