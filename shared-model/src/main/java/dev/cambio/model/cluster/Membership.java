package dev.cambio.model.cluster;

import java.util.List;

/**
 * How a process joins the cluster.
 *
 * @param name of the cluster
 * @param members {@code host} or {@code host:port} of members to join
 * @param host the address that the ports bind to
 * @param port of the member; 0 lets the system choose
 * @param busPort of the event bus; 0 lets the system choose
 * @param holdsData whether it keeps a part of the cluster's data; services beside the nodes do not
 */
public record Membership(
    String name, List<String> members, String host, int port, int busPort, boolean holdsData) {
  public Membership {
    members = List.copyOf(members);
  }

  /** For a service beside the nodes, on any port that is free. */
  public static Membership ofService(String name, List<String> members, String host) {
    return new Membership(name, members, host, 0, 0, false);
  }
}
