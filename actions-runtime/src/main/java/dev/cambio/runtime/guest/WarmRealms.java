package dev.cambio.runtime.guest;

import dev.cambio.runtime.frame.GuestLimits;
import dev.cambio.runtime.guest.sandbox.GuestException;
import dev.cambio.runtime.guest.sandbox.Realm;
import dev.cambio.runtime.guest.sandbox.World;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
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

  private record Key(String tenant, String version, String contentHash) {}

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
    Key key = new Key(request.tenant(), request.version(), request.contentHash());
    if (request.trial() != null) {
      return new Lease(key, new Entry(spares.take(world), 0, System.nanoTime()));
    }
    Entry entry = remove(key);
    return entry != null
        ? new Lease(key, entry)
        : new Lease(key, new Entry(spares.take(), 0, System.nanoTime()));
  }

  /** Ends the realms that no run uses. */
  void giveUpIdle() {
    List<Entry> idle;
    synchronized (this) {
      idle = List.copyOf(entries.values());
      entries.clear();
    }
    idle.forEach(entry -> entry.realm().cancel());
  }

  private synchronized @Nullable Entry remove(Key key) {
    return entries.remove(key);
  }

  private synchronized @Nullable Entry put(Key key, Entry entry) {
    entries.putLast(key, entry);
    Map.Entry<Key, Entry> oldest =
        entries.size() > limits.contextsPerLane() ? entries.pollFirstEntry() : null;
    return oldest == null ? null : oldest.getValue();
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
      entry.realm().attach(null);
      entry.realm().cancel();
    }
  }
}
