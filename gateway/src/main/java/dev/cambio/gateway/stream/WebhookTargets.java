package dev.cambio.gateway.stream;

import dev.cambio.model.net.AddressRange;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Locale;
import java.util.OptionalInt;
import java.util.stream.Stream;

/**
 * Where webhooks may lead: to public addresses, and to what the operator has opened. Decided on the
 * resolved address that is then connected to, so that a name cannot change its mind in between.
 */
public final class WebhookTargets {
  private static final List<AddressRange> DENIED =
      ranges(
          "0.0.0.0/8",
          "10.0.0.0/8",
          "100.64.0.0/10",
          "127.0.0.0/8",
          "169.254.0.0/16",
          "172.16.0.0/12",
          "192.0.0.0/24",
          "192.0.2.0/24",
          "192.88.99.0/24",
          "192.168.0.0/16",
          "198.18.0.0/15",
          "198.51.100.0/24",
          "203.0.113.0/24",
          "224.0.0.0/4",
          "240.0.0.0/4",
          // Assignments of the IETF, documentation, and 6to4, which embeds IPv4 addresses.
          "2001::/23",
          "2001:db8::/32",
          "2002::/16",
          "3fff::/20");

  /** Public IPv6 addresses lie in here; loopback, local, multicast and mapped ones do not. */
  private static final AddressRange GLOBAL_V6 = AddressRange.parse("2000::/3");

  private final List<Opening> openings;

  private WebhookTargets(List<Opening> openings) {
    this.openings = openings;
  }

  /** Something the operator has opened. */
  private interface Opening {
    boolean opens(String host, InetSocketAddress target);
  }

  /**
   * Opens the given {@code host:port}, {@code address/bits} and {@code address/bits:port}.
   *
   * @throws IllegalArgumentException for the first item that is none of these
   */
  public static WebhookTargets opening(List<String> items) {
    return new WebhookTargets(items.stream().map(WebhookTargets::parse).toList());
  }

  private static Opening parse(String item) {
    int slash = item.indexOf('/');
    int colon = item.lastIndexOf(':');
    if (slash >= 0) {
      boolean onePort = colon > slash;
      AddressRange range = AddressRange.parse(onePort ? item.substring(0, colon) : item);
      OptionalInt port =
          onePort ? OptionalInt.of(port(item.substring(colon + 1))) : OptionalInt.empty();
      return (host, target) ->
          range.contains(target.getAddress())
              && (port.isEmpty() || port.getAsInt() == target.getPort());
    }
    if (colon <= 0) {
      throw new IllegalArgumentException("neither host:port nor address/bits");
    }
    String name = item.substring(0, colon).toLowerCase(Locale.ROOT);
    int port = port(item.substring(colon + 1));
    return (host, target) -> target.getPort() == port && name.equalsIgnoreCase(host);
  }

  /**
   * Whether a connection may be made.
   *
   * @param host as the endpoint names it
   * @param target the resolved address and port
   */
  boolean allows(String host, InetSocketAddress target) {
    return isPublic(target.getAddress())
        || openings.stream().anyMatch(opening -> opening.opens(host, target));
  }

  private static boolean isPublic(InetAddress address) {
    boolean denied = DENIED.stream().anyMatch(range -> range.contains(address));
    return !denied && (!(address instanceof Inet6Address) || GLOBAL_V6.contains(address));
  }

  private static int port(String text) {
    int port = Integer.parseInt(text);
    if (port < 1 || port > 65_535) {
      throw new IllegalArgumentException("no port");
    }
    return port;
  }

  private static List<AddressRange> ranges(String... texts) {
    return Stream.of(texts).map(AddressRange::parse).toList();
  }
}
