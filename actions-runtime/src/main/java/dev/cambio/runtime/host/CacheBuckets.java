package dev.cambio.runtime.host;

import dev.cambio.model.cluster.SharedMap;
import dev.cambio.model.cluster.SharedMap.Late;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Where the buckets of {@code api.cache} are kept, by scope. Null stands for no answer. */
sealed interface CacheBuckets {
  @Nullable CacheBucket get(String scope);

  /** Makes a change in one atomic step; answers whether it was made. */
  @Nullable Boolean apply(String scope, CacheBucket.Change change);

  /** In a map of the cluster. Safe for use by many threads; its methods block. */
  record Shared(SharedMap<CacheBucket> map) implements CacheBuckets {
    @Override
    public @Nullable CacheBucket get(String scope) {
      try {
        return map.get(scope);
      } catch (Late e) {
        return null;
      }
    }

    @Override
    public @Nullable Boolean apply(String scope, CacheBucket.Change change) {
      try {
        return map.apply(scope, change);
      } catch (Late e) {
        return null;
      }
    }
  }

  /** In this process, for one run. Confined to its thread. */
  record Own(Map<String, CacheBucket> map) implements CacheBuckets {
    Own() {
      this(new HashMap<>());
    }

    @Override
    public @Nullable CacheBucket get(String scope) {
      return map.get(scope);
    }

    @Override
    public Boolean apply(String scope, CacheBucket.Change change) {
      Optional<CacheBucket> changed = change.on(map.get(scope));
      changed.ifPresent(bucket -> map.put(scope, bucket));
      return changed.isPresent();
    }
  }
}
