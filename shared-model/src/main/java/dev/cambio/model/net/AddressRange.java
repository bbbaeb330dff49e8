package dev.cambio.model.net;

import java.math.BigInteger;
import java.net.InetAddress;

/**
 * A range of IP addresses. Netty has one too, but its IPv6 rule also matches addresses whose
 * leading bits are all ones.
 *
 * @param first any address of the range
 * @param bits leading bits that all addresses of the range share
 */
public record AddressRange(InetAddress first, int bits) {

  /**
   * Reads {@code address/bits}.
   *
   * @throws IllegalArgumentException if it is not that
   */
  public static AddressRange parse(String text) {
    int slash = text.indexOf('/');
    if (slash < 0) {
      throw new IllegalArgumentException("no range of addresses");
    }
    InetAddress first = InetAddress.ofLiteral(text.substring(0, slash));
    int bits = Integer.parseInt(text.substring(slash + 1));
    if (bits < 0 || bits > length(first)) {
      throw new IllegalArgumentException("no range of addresses");
    }
    return new AddressRange(first, bits);
  }

  /**
   * Reads {@code address/bits}, or an address alone, which is a range of one.
   *
   * @throws IllegalArgumentException if it is neither
   */
  public static AddressRange of(String text) {
    if (text.indexOf('/') >= 0) {
      return parse(text);
    }
    InetAddress only = InetAddress.ofLiteral(text);
    return new AddressRange(only, length(only));
  }

  /** Whether an address is in the range; never if it is of the other family. */
  public boolean contains(InetAddress address) {
    return length(address) == length(first) && prefix(address).equals(prefix(first));
  }

  private BigInteger prefix(InetAddress address) {
    return new BigInteger(1, address.getAddress()).shiftRight(length(address) - bits);
  }

  private static int length(InetAddress address) {
    return address.getAddress().length * Byte.SIZE;
  }
}
