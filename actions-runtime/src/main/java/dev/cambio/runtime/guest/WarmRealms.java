package dev.cambio.runtime.guest;

import dev.cambio.runtime.frame.FrameKind;
import dev.cambio.runtime.frame.FrameWriter;
import dev.cambio.runtime.frame.GuestLimits;
import dev.cambio.runtime.guest.sandbox.GuestException;
import dev.cambio.runtime.guest.sandbox.Realm;
import dev.cambio.runtime.guest.sandbox.Sandbox;
import java.util.LinkedHashMap;
import java.util.function.BiConsumer;

/**
 * The realms of one lane, one per Action version of a tenant, least recently used out first.
 * Globals survive from run to run, so a realm never serves another tenant or version.
 */
final class WarmRealms {
  private final Sandbox sandbox;
  private final GuestLimits limits;
  private final LinkedHashMap<Key, Entry> entries = new LinkedHashMap<>();
  private int opened;
  private int ended;

  private record Key(String tenant, String version, String contentHash) {
    static Key of(RunRequest request) {
      return new Key(request.tenant(), request.version(), request.contentHash());
    }
  }

  private record Entry(Realm realm, int runs, long openedAt) {}

  WarmRealms(Sandbox sandbox, GuestLimits limits) {
    this.sandbox = sandbox;
    this.limits = limits;
  }

  /** Whether the realm for such a run waits for it. */
  boolean has(RunRequest request) {
    return entries.containsKey(Key.of(request));
  }

  /** Takes the realm for a run out; a run that went well gives it back. */
  Lease take(RunRequest request) throws GuestException {
    Key key = Key.of(request);
    Entry entry = entries.remove(key);
    if (entry != null) {
      return new Lease(key, entry);
    }
    opened++;
    return new Lease(key, new Entry(sandbox.open(), 0, System.nanoTime()));
  }

  /**
   * Tells the node of realms opened and ended since the last report, if there were any.
   *
   * @param there whether the realm of the run is here for another run, as far as is known
   * @param frames where to, with the run that they are put down to
   */
  void report(boolean there, BiConsumer<FrameKind, FrameWriter.Fields> frames) {
    if (opened + ended > 0) {
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
        ended++;
        entries.pollFirstEntry().getValue().realm().cancel();
      }
    }

    /** Ends the realm. */
    void drop() {
      ended++;
      entry.realm().attach(null);
      entry.realm().cancel();
    }
  }
}
