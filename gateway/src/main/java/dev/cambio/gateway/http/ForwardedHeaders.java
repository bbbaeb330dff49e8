package dev.cambio.gateway.http;

import dev.cambio.gateway.error.OAuthException.RequestInvalid;
import dev.cambio.gateway.http.TrustedProxies.Header;
import io.netty.util.NetUtil;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Function;

/**
 * Reads what trusted proxies say of the client, from the right: each names whom it was asked by,
 * and its word is taken as long as it is itself trusted. What stands further left may be anybody's.
 */
final class ForwardedHeaders {
  private static final String FORWARDED = "Forwarded";
  private static final String FOR = "X-Forwarded-For";
  private static final String PROTO = "X-Forwarded-Proto";
  private static final String HOST = "X-Forwarded-Host";

  private final TrustedProxies proxies;
  private final Function<String, List<String>> headers;

  private ForwardedHeaders(TrustedProxies proxies, Function<String, List<String>> headers) {
    this.proxies = proxies;
    this.headers = headers;
  }

  /**
   * The origin of a request.
   *
   * @param peer address that the connection came from
   * @param headers the values of a header, in the order sent
   * @throws RequestInvalid if a trusted proxy sends what cannot be read, or contradicts itself
   */
  static Origin origin(
      TrustedProxies proxies, String peer, Function<String, List<String>> headers) {
    if (!proxies.trust(peer)) {
      return new Origin(peer, Optional.empty(), Optional.empty());
    }
    return new ForwardedHeaders(proxies, headers).from(peer);
  }

  private Origin from(String peer) {
    boolean standard =
        proxies.header() != Header.X_FORWARDED && !headers.apply(FORWARDED).isEmpty();
    boolean customary =
        proxies.header() != Header.FORWARDED
            && !(headers.apply(FOR).isEmpty()
                && headers.apply(PROTO).isEmpty()
                && headers.apply(HOST).isEmpty());
    Origin byStandard = standard ? byForwarded(peer) : none(peer);
    Origin byCustom = customary ? byXForwarded(peer) : none(peer);
    if (standard && customary) {
      boolean addressed = !headers.apply(FOR).isEmpty();
      return agreed(byStandard, byCustom, addressed);
    }
    return standard ? byStandard : byCustom;
  }

  private static Origin none(String peer) {
    return new Origin(peer, Optional.empty(), Optional.empty());
  }

  /** A proxy writes one kind and may pass on the other as the client forged it. */
  private static Origin agreed(Origin standard, Origin custom, boolean addressed) {
    boolean contradiction =
        (addressed && !standard.ip().equals(custom.ip()))
            || contradict(standard.scheme(), custom.scheme())
            || contradict(standard.host(), custom.host());
    if (contradiction) {
      throw new RequestInvalid(
          "The headers Forwarded and X-Forwarded-For, -Proto or -Host contradict each other");
    }
    return new Origin(
        standard.ip(), standard.scheme().or(custom::scheme), standard.host().or(custom::host));
  }

  private static boolean contradict(Optional<String> one, Optional<String> other) {
    return one.isPresent() && other.isPresent() && !one.get().equalsIgnoreCase(other.get());
  }

  private Origin byForwarded(String peer) {
    List<ForwardedElement> elements =
        ForwardedElement.parse(String.join(",", headers.apply(FORWARDED)));
    List<String> nodes = elements.stream().map(element -> element.node().orElse("")).toList();
    Walk walk = walk(peer, nodes);
    if (elements.isEmpty()) {
      return none(peer);
    }
    ForwardedElement told = elements.get(elements.size() - Math.max(1, walk.hops()));
    return new Origin(walk.ip(), told.proto().map(ForwardedHeaders::scheme), told.host());
  }

  private Origin byXForwarded(String peer) {
    Walk walk = walk(peer, list(FOR));
    return new Origin(
        walk.ip(),
        told(list(PROTO), walk.hops()).map(ForwardedHeaders::scheme),
        told(list(HOST), walk.hops()));
  }

  /**
   * How far the words could be followed.
   *
   * @param hops elements that were read, each written by a trusted proxy
   */
  private record Walk(String ip, int hops) {}

  private Walk walk(String peer, List<String> nodes) {
    String ip = peer;
    int hops = 0;
    while (hops < nodes.size() && proxies.trust(ip)) {
      Optional<String> next = address(nodes.get(nodes.size() - 1 - hops));
      hops++;
      if (next.isEmpty()) {
        break;
      }
      ip = next.get();
    }
    return new Walk(ip, hops);
  }

  /** What the proxy that stood nearest to the client said; lists may be shorter than the way. */
  private static Optional<String> told(List<String> values, int hops) {
    return values.isEmpty()
        ? Optional.empty()
        : Optional.of(values.get(Math.max(0, values.size() - Math.max(1, hops))));
  }

  private List<String> list(String name) {
    List<String> all = new ArrayList<>();
    for (String line : headers.apply(name)) {
      all.addAll(Arrays.stream(line.split(",", -1)).map(String::strip).toList());
    }
    return all;
  }

  private static String scheme(String text) {
    String scheme = text.toLowerCase(Locale.ROOT);
    if (!scheme.equals("http") && !scheme.equals("https")) {
      throw new RequestInvalid("The forwarded scheme must be http or https");
    }
    return scheme;
  }

  /** An address with or without a port; empty for what hides it, such as {@code unknown}. */
  private static Optional<String> address(String node) {
    String text = node;
    if (text.startsWith("[")) {
      int end = text.indexOf(']');
      text = end < 0 ? "" : text.substring(1, end);
    } else if (text.indexOf(':') >= 0 && text.indexOf(':') == text.lastIndexOf(':')) {
      text = text.substring(0, text.indexOf(':'));
    }
    boolean valid =
        NetUtil.isValidIpV4Address(text)
            || (NetUtil.isValidIpV6Address(text) && text.indexOf('%') < 0 && text.indexOf('[') < 0);
    return valid
        ? Optional.of(NetUtil.createInetAddressFromIpAddressString(text).getHostAddress())
        : Optional.empty();
  }
}
