package dev.cambio.gateway.cluster;

import com.hazelcast.config.Config;
import com.hazelcast.config.EvictionPolicy;
import com.hazelcast.config.MapConfig;
import com.hazelcast.config.MaxSizePolicy;
import com.hazelcast.spi.merge.ExpirationTimeMergePolicy;
import dev.cambio.gateway.cluster.ClusterSettings.Join;
import dev.cambio.gateway.config.Secret;
import dev.cambio.gateway.config.StartupException;
import dev.cambio.model.bus.ActionBus;
import dev.cambio.model.cluster.ClusterException;
import dev.cambio.model.cluster.ClusterMember;
import dev.cambio.model.cluster.RecordForm;
import io.vertx.core.transport.Transport;
import java.security.SecureRandom;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/** A node as a member of the cluster, with the maps that nodes share. */
public final class ClusterNode {

  /** Verdicts on ID tokens. */
  public static final String ID_TOKEN_VALIDATION = "cambio.id-token-validation";

  /** Attempts that addresses have left. */
  public static final String THROTTLE = "cambio.throttle";

  /** Requests that tenants have left. */
  public static final String RATE_LIMITS = "cambio.rate-limits";

  private ClusterNode() {}

  /**
   * Joins or forms the cluster; blocks.
   *
   * @param forms in which what is in the maps, and what changes it, goes from node to node
   * @param transport by which everything of this Vert.x listens and connects
   * @throws StartupException if a port cannot be served or the cluster has another secret
   */
  public static ClusterMember start(
      ClusterSettings settings,
      List<RecordForm<?>> forms,
      SecureRandom random,
      Transport transport) {
    Consumer<Config> maps =
        config -> {
          maps(config);
          forms.forEach(form -> form.addTo(config.getSerializationConfig()));
        };
    if (settings.join() == Join.NONE) {
      return ClusterMember.alone(random, transport, maps);
    }
    byte[] secret = settings.secret().map(Secret::bytes).orElseThrow();
    try {
      return ClusterMember.join(settings.membership(), secret, random, transport, maps);
    } catch (ClusterException.Member e) {
      throw new StartupException("cluster.port: " + e.getMessage(), e);
    } catch (ClusterException.Bus e) {
      throw new StartupException("cluster.bus-port: " + e.getMessage(), e);
    } catch (ClusterException.AnotherSecret e) {
      throw new StartupException(
          "%s: cluster.secret %s".formatted(settings.secretOrigin(), e.getMessage()), e);
    }
  }

  private static void maps(Config config) {
    config.addMapConfig(
        bounded(ActionBus.CACHE_MAP, 10).setTimeToLiveSeconds((int) TimeUnit.HOURS.toSeconds(24)));
    config.addMapConfig(bounded(ID_TOKEN_VALIDATION, 5));
    config.addMapConfig(bounded(THROTTLE, 5));
    config.addMapConfig(bounded(RATE_LIMITS, 5));
  }

  /**
   * One backup, which nobody waits for, so that a silent member stalls only what it keeps itself;
   * and an end to growth: these maps are filled from outside. When parts of a cluster merge, the
   * entry that lasts longer stands. That is the stricter of two buckets of attempts, since a bucket
   * lasts until it is full again, the one used last of two of requests, what an Action set last to
   * stay longest, and either of two verdicts, which say the same.
   *
   * @param percent of the heap that a member may fill with it; of all of them together less than a
   *     third
   */
  private static MapConfig bounded(String name, int percent) {
    MapConfig map = new MapConfig(name).setBackupCount(0).setAsyncBackupCount(1);
    map.getMergePolicyConfig().setPolicy(ExpirationTimeMergePolicy.class.getName());
    map.getEvictionConfig()
        .setEvictionPolicy(EvictionPolicy.LRU)
        .setMaxSizePolicy(MaxSizePolicy.USED_HEAP_PERCENTAGE)
        .setSize(percent);
    return map;
  }
}
