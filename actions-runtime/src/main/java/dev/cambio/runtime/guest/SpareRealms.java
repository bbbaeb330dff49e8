package dev.cambio.runtime.guest;

import dev.cambio.runtime.guest.sandbox.GuestException;
import dev.cambio.runtime.guest.sandbox.Realm;
import dev.cambio.runtime.guest.sandbox.Sandbox;
import dev.cambio.runtime.guest.sandbox.World;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;

/**
 * Realms that no Action has used, made ahead on a thread of their own: a version's first run, and
 * the run after a realm was retired, need not wait for one. Safe for use by many threads.
 */
final class SpareRealms {
  private final Sandbox sandbox;
  private final BlockingQueue<Realm> ready;

  SpareRealms(Sandbox sandbox, int count) {
    this.sandbox = sandbox;
    this.ready = new ArrayBlockingQueue<>(count);
  }

  /** Starts to make realms. */
  void start() {
    Thread thread = new Thread(this::work, "realms");
    thread.setDaemon(true);
    thread.start();
  }

  /** A new realm, made at once if none is ready. */
  Realm take() throws GuestException {
    Realm spare = ready.poll();
    return spare == null ? sandbox.open() : spare;
  }

  /** A new realm in a world of its own. */
  Realm take(World world) throws GuestException {
    return sandbox.open(world);
  }

  private void work() {
    try {
      while (true) {
        ready.put(sandbox.open());
      }
    } catch (GuestException | InterruptedException e) {
      System.err.println("No realms are made ahead: " + e);
    }
  }
}
