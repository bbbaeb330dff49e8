package dev.cambio.runtime.host;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.List;

/** Finds the addresses of a host. Blocks. */
@FunctionalInterface
interface HostResolver {
  /** What the system's resolver says; a literal address is its own answer. */
  HostResolver SYSTEM = host -> List.of(InetAddress.getAllByName(host));

  /**
   * All addresses, in the order in which they are to be tried; never none.
   *
   * @param host without brackets
   */
  List<InetAddress> resolve(String host) throws UnknownHostException;
}
