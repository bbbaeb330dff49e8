package dev.cambio.gateway.load;

import io.netty.util.NetUtil;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.nio.ByteBuffer;

/**
 * Whom an address counts for, with all that is counted by address: an IPv6 address with its /64,
 * which is what one subscriber has.
 */
final class Subscriber {
  private Subscriber() {}

  /** A key that is equal for the addresses of one subscriber. */
  static Object of(InetAddress address) {
    return address instanceof Inet6Address
        ? (Object) ByteBuffer.wrap(address.getAddress()).getLong()
        : address;
  }

  /** The same for an address as text; what is none counts by itself. */
  static Object of(String address) {
    InetAddress parsed = NetUtil.createInetAddressFromIpAddressString(address);
    return parsed == null ? address : of(parsed);
  }
}
