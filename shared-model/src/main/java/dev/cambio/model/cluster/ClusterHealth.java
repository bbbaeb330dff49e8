package dev.cambio.model.cluster;

import java.util.List;

/**
 * How a member stands to the cluster.
 *
 * @param ready whether it should be sent requests
 * @param degraded whether members are out of reach, so that what they keep is not known
 * @param reason why it should not be sent requests; empty otherwise
 * @param members addresses of all members that it knows of, itself included
 * @param missing addresses of members that are out of reach, until they are back or gone
 */
public record ClusterHealth(
    boolean ready, boolean degraded, String reason, List<String> members, List<String> missing) {
  public ClusterHealth {
    members = List.copyOf(members);
    missing = List.copyOf(missing);
  }
}
