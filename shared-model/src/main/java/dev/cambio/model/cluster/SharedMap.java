package dev.cambio.model.cluster;

import com.hazelcast.cluster.Member;
import com.hazelcast.map.EntryProcessor;
import com.hazelcast.map.IMap;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A map that the cluster shares, which nobody waits for longer than a bound: whoever asks says what
 * else to do, since {@link Late} is checked. A member that was late is not asked again for a while
 * ({@link SilentMembers}). Safe for use by many threads; its methods block, so not for event loops,
 * nor for threads of a fork-join pool, on which Hazelcast's futures do not keep to the time.
 *
 * @param <V> what it keeps
 */
public final class SharedMap<V> {
  private final IMap<String, V> map;
  private final SharedMaps maps;

  SharedMap(IMap<String, V> map, SharedMaps maps) {
    this.map = map;
    this.maps = maps;
  }

  /** The member that keeps an entry did not answer in time, or cannot. */
  public static final class Late extends Exception {
    private static final long serialVersionUID = 1L;

    Late(@Nullable Throwable cause) {
      // Made for every request while a member is away; nobody reads where.
      super("the cluster does not answer", cause, false, false);
    }
  }

  /** The value under a key; null if there is none. */
  public @Nullable V get(String key) throws Late {
    return ask(key, () -> map.getAsync(key));
  }

  /** Changes the entry where it lives, in one atomic step; a late change may be made yet. */
  public <R> R apply(String key, EntryProcessor<String, V, R> change) throws Late {
    R result = ask(key, () -> map.submitToKey(key, change));
    if (result == null) {
      throw new IllegalStateException("changes of entries have results");
    }
    return result;
  }

  /**
   * Keeps a value for that long, without waiting for it: it may be lost.
   *
   * @param life more than zero
   */
  public void offer(String key, V value, Duration life) {
    Member owner = maps.owner(key);
    if (owner != null && maps.silent().mayAsk(owner)) {
      try {
        maps.silent()
            .watch(owner, map.setAsync(key, value, life.toMillis(), TimeUnit.MILLISECONDS));
      } catch (RuntimeException e) {
        maps.silent().failed(owner, e);
      }
    }
  }

  private <R> @Nullable R ask(String key, Supplier<CompletionStage<R>> question) throws Late {
    Member owner = maps.owner(key);
    if (owner == null || !maps.silent().mayAsk(owner)) {
      throw new Late(null);
    }
    try {
      return await(owner, question.get().toCompletableFuture());
    } catch (TimeoutException e) {
      throw new Late(null);
    } catch (ExecutionException e) {
      maps.silent().failed(owner, e.getCause());
      throw new Late(e.getCause());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new Late(e);
    } catch (RuntimeException e) {
      maps.silent().failed(owner, e);
      throw new Late(e);
    }
  }

  private <R> @Nullable R await(Member owner, CompletableFuture<R> asked)
      throws InterruptedException, ExecutionException, TimeoutException {
    try {
      R answer = asked.get(maps.patience().toNanos(), TimeUnit.NANOSECONDS);
      maps.silent().answered(owner);
      return answer;
    } catch (TimeoutException e) {
      maps.silent().late(owner);
      maps.silent().watch(owner, asked);
      throw e;
    }
  }
}
