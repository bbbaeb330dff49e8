package dev.cambio.runtime.guest;

import dev.cambio.runtime.frame.GuestLimits;
import dev.cambio.runtime.guest.sandbox.GuestException;
import dev.cambio.runtime.guest.sandbox.Realm;
import dev.cambio.runtime.guest.sandbox.Sandbox;
import dev.cambio.runtime.guest.sandbox.World;
import java.util.LinkedHashMap;

/**
 * The realms of one lane, one per Action version of a tenant, least recently used out first.
 * Globals survive from run to run, so a realm never serves another tenant or version.
 */
final class WarmRealms {
  private final Sandbox sandbox;
  private final GuestLimits limits;
  private final LinkedHashMap<Key, Entry> entries = new LinkedHashMap<>();

  private record Key(String tenant, String version, String contentHash) {}

  private record Entry(Realm realm, int runs, long openedAt) {}

  WarmRealms(Sandbox sandbox, GuestLimits limits) {
    this.sandbox = sandbox;
    this.limits = limits;
  }

  /**
   * Takes the realm for a run out; a run that went well gives it back. A trial gets a new one,
   * which it must drop.
   */
  Lease take(RunRequest request, World world) throws GuestException {
    Key key = new Key(request.tenant(), request.version(), request.contentHash());
    if (request.trial() != null) {
      return new Lease(key, new Entry(sandbox.open(world), 0, System.nanoTime()));
    }
    Entry entry = entries.remove(key);
    return entry != null
        ? new Lease(key, entry)
        : new Lease(key, new Entry(sandbox.open(), 0, System.nanoTime()));
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

    /** Keeps the realm for the next run of the same version, unless it is old. */
    void giveBack() {
      entry.realm().attach(null);
      int runs = entry.runs() + 1;
      long ageMs = (System.nanoTime() - entry.openedAt()) / 1_000_000;
      if (runs >= limits.runsPerContext() || ageMs >= limits.contextAgeMs()) {
        drop();
        return;
      }
      entries.putLast(key, new Entry(entry.realm(), runs, entry.openedAt()));
      if (entries.size() > limits.contextsPerLane()) {
        entries.pollFirstEntry().getValue().realm().cancel();
      }
    }

    /** Ends the realm. */
    void drop() {
      entry.realm().attach(null);
      entry.realm().cancel();
    }
  }
}
