package dev.cambio.runtime.process;

/**
 * The right of one run to be one of those that run at a time. It is given up while the run waits
 * for something. For use by the thread that runs it.
 */
public interface RunSlot {
  /** Of a run that nobody else waits for. */
  RunSlot OWN =
      new RunSlot() {
        @Override
        public void leave() {}

        @Override
        public boolean enter(long deadline) {
          return true;
        }

        @Override
        public long waited() {
          return 0;
        }
      };

  /** Gives the slot to whoever is next; nothing happens if this run has none. Does not block. */
  void leave();

  /**
   * Takes a slot again, in turn with the others; at once if this run still has one.
   *
   * @param deadline {@link System#nanoTime} at which waiting is no use any more
   * @return false if none became free in time; the run is to end then
   */
  boolean enter(long deadline) throws InterruptedException;

  /** How long the run has waited to take it again, in nanoseconds. */
  long waited();
}
