package dev.cambio.model.cluster;

import com.hazelcast.cluster.Member;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Members that did not answer in time, so that not every request waits for them anew: they are
 * passed over for a second, then one request tries again. An answer that comes late ends that at
 * once. Safe for use by many threads.
 */
final class SilentMembers {
  private static final Logger LOG = LoggerFactory.getLogger(SilentMembers.class);
  private static final long PAUSE_NANOS = TimeUnit.SECONDS.toNanos(1);
  private static final long FORGOTTEN_NANOS = TimeUnit.MINUTES.toNanos(1);
  private static final long QUIET_NANOS = TimeUnit.SECONDS.toNanos(30);

  private final LongSupplier nanos;
  private final Map<UUID, Long> until = new ConcurrentHashMap<>();
  private final AtomicLong quietUntil;

  /**
   * Nobody yet.
   *
   * @param nanos a clock that only goes forwards
   */
  SilentMembers(LongSupplier nanos) {
    this.nanos = nanos;
    this.quietUntil = new AtomicLong(nanos.getAsLong());
  }

  /** Whether the member is to be asked; of those who come after a pause, one. */
  boolean mayAsk(Member member) {
    Long end = until.get(member.getUuid());
    if (end == null) {
      return true;
    }
    long now = nanos.getAsLong();
    return now - end >= 0 && until.replace(member.getUuid(), end, now + PAUSE_NANOS);
  }

  /** Passes the member over for a while. */
  void late(Member member) {
    long now = nanos.getAsLong();
    // Whoever has left for good was last asked long ago.
    until.values().removeIf(end -> now - end > FORGOTTEN_NANOS);
    until.put(member.getUuid(), now + PAUSE_NANOS);
    say(member, "it is late");
  }

  /** The member answered, or this one could not ask it: the next may fare better. */
  void failed(Member member, @Nullable Throwable why) {
    say(member, String.valueOf(why));
  }

  private void say(Member member, String why) {
    long now = nanos.getAsLong();
    long quiet = quietUntil.get();
    if (now - quiet >= 0 && quietUntil.compareAndSet(quiet, now + QUIET_NANOS)) {
      LOG.warn(
          "cluster: no answer from {} ({}); what it keeps this node counts for itself or does"
              + " without. For half a minute no more is said of such",
          member.getAddress(),
          why);
    }
  }

  void answered(Member member) {
    until.remove(member.getUuid());
  }

  /** Takes the answer to a question, whenever it comes, for what it is. */
  void watch(Member member, CompletionStage<?> question) {
    question.whenComplete(
        (answer, failure) -> {
          if (failure == null) {
            answered(member);
          }
        });
  }
}
