package dev.cambio.gateway.http;

import dev.cambio.model.config.Settings;
import dev.cambio.model.net.AddressRange;
import io.netty.util.NetUtil;
import java.net.InetAddress;
import java.util.List;

/**
 * The proxies in front of the gateway, whose word on the client's address, scheme and host is
 * taken; nobody else's is.
 *
 * @param addresses of the proxies; empty for none
 * @param proxyProtocol whether each of their connections begins with a header of the PROXY
 *     protocol; others then cannot connect at all
 * @param header which headers they write
 */
public record TrustedProxies(List<AddressRange> addresses, boolean proxyProtocol, Header header) {
  private static final String ADDRESSES = "http.trusted-proxies";
  private static final String PROXY_PROTOCOL = "http.proxy-protocol";
  private static final String HEADER = "http.forwarded-header";
  private static final String EXPECTED = "a list of addresses and address/bits, not of everybody's";

  /** Which headers are read; of the others a proxy may pass on what clients forge. */
  enum Header {
    /** Either; where both are sent they must agree. */
    ANY,
    /** {@code Forwarded} (RFC 7239). */
    FORWARDED,
    /** {@code X-Forwarded-For}, {@code -Proto} and {@code -Host}. */
    X_FORWARDED
  }

  /**
   * Reads and checks the settings.
   *
   * @throws dev.cambio.model.config.SettingsException for bad values, and for a TLS proxy in front
   *     that is not named: all callers would have its address
   */
  static TrustedProxies from(Settings settings) {
    List<AddressRange> addresses;
    try {
      addresses = settings.list(ADDRESSES, List.of()).stream().map(AddressRange::of).toList();
    } catch (IllegalArgumentException e) {
      throw settings.bad(ADDRESSES, EXPECTED);
    }
    if (addresses.stream().anyMatch(range -> range.bits() == 0)) {
      throw settings.bad(ADDRESSES, EXPECTED);
    }
    boolean proxyProtocol = settings.flag(PROXY_PROTOCOL, false);
    for (String key : List.of(PROXY_PROTOCOL, "http.behind-tls-proxy")) {
      if (addresses.isEmpty() && settings.flag(key, false)) {
        throw settings.bad(
            key,
            "false as long as http.trusted-proxies is empty, since all callers would have the"
                + " proxy's address: list its addresses there (in cambio.yaml, or"
                + " CAMBIO_HTTP_TRUSTED_PROXIES=127.0.0.1 for one on this machine), and have it"
                + " send X-Forwarded-For or Forwarded, or the PROXY protocol with"
                + " http.proxy-protocol");
      }
    }
    return new TrustedProxies(addresses, proxyProtocol, settings.choice(HEADER, Header.ANY));
  }

  /** Whether an address is that of such a proxy. */
  public boolean trust(InetAddress address) {
    return addresses.stream().anyMatch(range -> range.contains(address));
  }

  /** The same for an address as text; false for what is none. */
  boolean trust(String address) {
    if (addresses.isEmpty()) {
      return false;
    }
    InetAddress parsed = NetUtil.createInetAddressFromIpAddressString(address);
    return parsed != null && trust(parsed);
  }

  /** Whether many may stand behind an address: a proxy of ours, or a process of this machine. */
  public boolean standForMany(InetAddress address) {
    return address.isLoopbackAddress() || trust(address);
  }

  /** The same for an address as text; false for what is none. */
  boolean standForMany(String address) {
    InetAddress parsed = NetUtil.createInetAddressFromIpAddressString(address);
    return parsed != null && standForMany(parsed);
  }
}
