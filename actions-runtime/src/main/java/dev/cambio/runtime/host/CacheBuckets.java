package dev.cambio.runtime.host;

import com.hazelcast.core.HazelcastException;
import com.hazelcast.core.HazelcastInstanceNotActiveException;
import com.hazelcast.map.IMap;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Where the buckets of {@code api.cache} are kept, by scope. Null stands for no answer. */
sealed interface CacheBuckets {
  @Nullable CacheBucket get(String scope);

  /** Makes a change in one atomic step; answers whether it was made. */
  @Nullable Boolean apply(String scope, CacheBucket.Change change);

  /** In a map of the cluster. Safe for use by many threads; its methods block. */
  record Shared(IMap<String, CacheBucket> map) implements CacheBuckets {
    private static final Logger log = LoggerFactory.getLogger(ActionCache.class);
    private static final long WAIT_MS = 1000;

    @Override
    public @Nullable CacheBucket get(String scope) {
      return await(() -> map.getAsync(scope));
    }

    @Override
    public @Nullable Boolean apply(String scope, CacheBucket.Change change) {
      return await(() -> map.submitToKey(scope, change));
    }

    private static <T> @Nullable T await(Supplier<CompletionStage<T>> asked) {
      try {
        return asked.get().toCompletableFuture().get(WAIT_MS, TimeUnit.MILLISECONDS);
      } catch (ExecutionException
          | TimeoutException
          | HazelcastException
          | HazelcastInstanceNotActiveException e) {
        log.warn("the Actions cache does not answer: {}", e.getClass().getSimpleName());
        return null;
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
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
