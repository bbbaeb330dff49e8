package dev.cambio.model.cluster;

import com.hazelcast.cluster.Member;
import com.hazelcast.core.HazelcastInstance;
import com.hazelcast.core.HazelcastInstanceNotActiveException;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** The maps of a cluster, as one node asks for them: see {@link SharedMap}. */
public final class SharedMaps {
  private final HazelcastInstance hazelcast;
  private final Duration patience;
  private final SilentMembers silent;

  /**
   * The maps.
   *
   * @param patience the longest that anybody waits for one answer
   */
  public SharedMaps(HazelcastInstance hazelcast, Duration patience) {
    this.hazelcast = hazelcast;
    this.patience = patience;
    this.silent = new SilentMembers(System::nanoTime);
  }

  /** The map of that name. */
  public <V> SharedMap<V> map(String name) {
    return new SharedMap<>(hazelcast.getMap(name), this);
  }

  Duration patience() {
    return patience;
  }

  SilentMembers silent() {
    return silent;
  }

  /** Who keeps the key; null while nobody does, as when no node that keeps data is left. */
  @Nullable Member owner(String key) {
    try {
      return hazelcast.getPartitionService().getPartition(key).getOwner();
    } catch (HazelcastInstanceNotActiveException e) {
      return null;
    }
  }
}
