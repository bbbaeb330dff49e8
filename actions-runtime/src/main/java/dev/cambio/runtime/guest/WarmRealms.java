package dev.cambio.runtime.guest;

import dev.cambio.runtime.frame.FrameKind;
import dev.cambio.runtime.frame.FrameWriter;
import dev.cambio.runtime.frame.GuestLimits;
import dev.cambio.runtime.guest.sandbox.GuestException;
import dev.cambio.runtime.guest.sandbox.Realm;
import dev.cambio.runtime.guest.sandbox.World;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/**
 * The realms of one lane, one per Action version of a tenant, least recently used out first. What
 * modules keep survives from run to run, so a realm never serves another tenant or version. Safe
 * for use by many threads.
 */
final class WarmRealms {
  private final SpareRealms spares;
  private final GuestLimits limits;

  // Guarded by this.
  private final LinkedHashMap<Key, Entry> entries = new LinkedHashMap<>();
  private int opened;
  private int ended;

  private record Key(String tenant, String version, String contentHash) {
    static Key of(RunRequest request) {
      return new Key(request.tenant(), request.version(), request.contentHash());
    }
  }

  private record Entry(Realm realm, int runs, long openedAt) {}

  WarmRealms(SpareRealms spares, GuestLimits limits) {
    this.spares = spares;
    this.limits = limits;
  }

  /**
   * Takes the realm for a run out; a run that went well gives it back. A trial gets a new one,
   * which it must drop.
   */
  Lease take(RunRequest request, World world) throws GuestException {
    Key key = Key.of(request);
    Entry entry = request.trial() == null ? remove(key) : null;
    if (entry != null) {
      return new Lease(key, entry);
    }
    Realm realm = request.trial() == null ? spares.take() : spares.take(world);
    synchronized (this) {
      opened++;
    }
    return new Lease(key, new Entry(realm, 0, System.nanoTime()));
  }

  /** Ends the realms that no run uses. */
  void giveUpIdle() {
    List<Entry> idle;
    synchronized (this) {
      idle = List.copyOf(entries.values());
      entries.clear();
      ended += idle.size();
    }
    idle.forEach(entry -> entry.realm().cancel());
  }

  private synchronized @Nullable Entry remove(Key key) {
    return entries.remove(key);
  }

  /** Takes over a realm that a run has taken from another lane's. */
  Lease adopt(Lease other) {
    return new Lease(other.key, other.entry);
  }

  private synchronized @Nullable Entry put(Key key, Entry entry) {
    Entry same = entries.remove(key);
    entries.putLast(key, entry);
    if (same != null) {
      ended++;
      return same;
    }
    Map.Entry<Key, Entry> oldest =
        entries.size() > limits.contextsPerLane() ? entries.pollFirstEntry() : null;
    if (oldest == null) {
      return null;
    }
    ended++;
    return oldest.getValue();
  }

  /**
   * Tells the node of realms opened and ended since the last report, if there is anything to tell.
   *
   * @param there whether the realm of the run is here for another run, as far as is known
   * @param frames where to, with the run that they are put down to
   */
  synchronized void report(boolean there, BiConsumer<FrameKind, FrameWriter.Fields> frames) {
    if (opened + ended > 0 || !there) {
      int nowOpened = opened;
      int nowEnded = ended;
      frames.accept(
          FrameKind.REALMS, frame -> frame.number(nowOpened).number(nowEnded).flag(there));
      opened = 0;
      ended = 0;
    }
  }

  /** A realm in use. */
  final class Lease {
    private final Key key;
    private final Entry entry;

    private Lease(Key key, Entry entry) {
      this.key = key;
      this.entry = entry;
    }

    Realm realm() {
      return entry.realm();
    }

    /**
     * Keeps the realm for the next run of the same version, unless it is old or not as it was.
     *
     * @return whether globals and intrinsics are as they were before guest code ran
     */
    boolean giveBack() {
      boolean intact = entry.realm().isIntact();
      int runs = entry.runs() + 1;
      long ageMs = (System.nanoTime() - entry.openedAt()) / 1_000_000;
      if (!intact || runs >= limits.runsPerContext() || ageMs >= limits.contextAgeMs()) {
        drop();
        return intact;
      }
      entry.realm().attach(null);
      Entry replaced = put(key, new Entry(entry.realm(), runs, entry.openedAt()));
      if (replaced != null) {
        replaced.realm().cancel();
      }
      return true;
    }

    /** Ends the realm. */
    void drop() {
      synchronized (WarmRealms.this) {
        ended++;
      }
      entry.realm().attach(null);
      entry.realm().cancel();
    }
  }
}
