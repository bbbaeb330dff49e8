package dev.cambio.runtime.host;

import java.net.InetAddress;

/**
 * A range of IP addresses.
 *
 * @param first any address of the range
 * @param bits number of leading bits that all addresses of the range share
 */
record Cidr(InetAddress first, int bits) {

  /**
   * Reads {@code address/bits}.
   *
   * @throws IllegalArgumentException if it is not that
   */
  static Cidr parse(String text) {
    int slash = text.indexOf('/');
    if (slash < 0) {
      throw new IllegalArgumentException("no range of addresses: " + text);
    }
    InetAddress first = InetAddress.ofLiteral(text.substring(0, slash));
    int bits = Integer.parseInt(text.substring(slash + 1));
    if (bits < 0 || bits > first.getAddress().length * 8) {
      throw new IllegalArgumentException("no range of addresses: " + text);
    }
    return new Cidr(first, bits);
  }

  boolean contains(InetAddress address) {
    byte[] mine = first.getAddress();
    byte[] other = address.getAddress();
    if (mine.length != other.length) {
      return false;
    }
    int whole = bits / 8;
    for (int i = 0; i < whole; i++) {
      if (mine[i] != other[i]) {
        return false;
      }
    }
    int rest = bits % 8;
    return rest == 0 || ((mine[whole] ^ other[whole]) & 0xff) >>> (8 - rest) == 0;
  }
}
