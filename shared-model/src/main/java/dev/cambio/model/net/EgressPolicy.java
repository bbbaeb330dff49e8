package dev.cambio.model.net;

import dev.cambio.model.config.Settings;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Where a node connects to for somebody else, be it guest code or a webhook: the public Internet,
 * and what the operator has opened. Decided on the resolved address that is then connected to, so
 * that a name cannot change its mind in between.
 */
public final class EgressPolicy {
  private static final List<AddressRange> DENIED_V4 =
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
          "240.0.0.0/4");

  // Everything public lies in here; loopback, link-local, unique local, multicast and v4-mapped
  // addresses do not.
  private static final AddressRange GLOBAL_V6 = AddressRange.parse("2000::/3");

  // IETF protocol assignments, Teredo among them, documentation, and 6to4, whose relays lead
  // anywhere.
  private static final List<AddressRange> DENIED_V6 =
      ranges("2001::/23", "2001:db8::/32", "2002::/16", "3fff::/20");

  // Where there is no IPv4, every address of it is in here: the one that is meant decides.
  private static final AddressRange NAT64 = AddressRange.parse("64:ff9b::/96");

  private final List<Opening> openings;

  private EgressPolicy(List<Opening> openings) {
    this.openings = openings;
  }

  /** Something the operator has opened. */
  private sealed interface Opening {
    record Host(String name, int port) implements Opening {}

    record Range(AddressRange addresses, Optional<Integer> port) implements Opening {}
  }

  /**
   * A policy that opens the given {@code host:port}, {@code address/bits} and {@code
   * address/bits:port} besides the public Internet.
   *
   * @throws IllegalArgumentException naming the first item that is none of these
   */
  public static EgressPolicy opening(List<String> items) {
    return new EgressPolicy(items.stream().map(EgressPolicy::parse).toList());
  }

  /**
   * The policy whose openings a key of the configuration lists.
   *
   * @throws dev.cambio.model.config.SettingsException naming the key
   */
  public static EgressPolicy read(Settings settings, String key) {
    try {
      return opening(settings.list(key, List.of()));
    } catch (IllegalArgumentException e) {
      throw settings.bad(key, "a list of host:port, address/bits or address/bits:port");
    }
  }

  /**
   * Whether a connection may be made.
   *
   * @param host the host as named in the URL, without brackets
   */
  public boolean allows(String host, int port, InetAddress address) {
    return isPublic(address)
        || openings.stream().anyMatch(opening -> opens(opening, host, port, address));
  }

  private static boolean opens(Opening opening, String host, int port, InetAddress address) {
    return switch (opening) {
      case Opening.Host only -> only.port() == port && only.name().equalsIgnoreCase(host);
      case Opening.Range range ->
          range.addresses().contains(address)
              && range.port().map(only -> only == port).orElse(true);
    };
  }

  private static boolean isPublic(InetAddress address) {
    if (address instanceof Inet4Address) {
      return DENIED_V4.stream().noneMatch(range -> range.contains(address));
    }
    if (NAT64.contains(address)) {
      return isPublicV4(address.getAddress(), 12);
    }
    return GLOBAL_V6.contains(address)
        && DENIED_V6.stream().noneMatch(range -> range.contains(address));
  }

  private static boolean isPublicV4(byte[] bytes, int at) {
    try {
      return isPublic(InetAddress.getByAddress(Arrays.copyOfRange(bytes, at, at + 4)));
    } catch (UnknownHostException e) {
      throw new IllegalStateException("four bytes are an address", e);
    }
  }

  private static Opening parse(String item) {
    try {
      int slash = item.indexOf('/');
      int colon = item.lastIndexOf(':');
      if (slash >= 0) {
        return colon > slash
            ? new Opening.Range(
                AddressRange.parse(item.substring(0, colon)),
                Optional.of(port(item.substring(colon + 1))))
            : new Opening.Range(AddressRange.parse(item), Optional.empty());
      }
      if (colon > 0) {
        String name = item.substring(0, colon).toLowerCase(Locale.ROOT);
        return new Opening.Host(withoutBrackets(name), port(item.substring(colon + 1)));
      }
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException(expected(item), e);
    }
    throw new IllegalArgumentException(expected(item));
  }

  private static String expected(String item) {
    return "'" + item + "' is neither host:port nor address/bits nor address/bits:port";
  }

  private static String withoutBrackets(String host) {
    return host.startsWith("[") && host.endsWith("]") ? host.substring(1, host.length() - 1) : host;
  }

  private static int port(String text) {
    int port = Integer.parseInt(text);
    if (port < 1 || port > 65535) {
      throw new IllegalArgumentException("no port: " + text);
    }
    return port;
  }

  private static List<AddressRange> ranges(String... texts) {
    return Stream.of(texts).map(AddressRange::parse).toList();
  }
}
