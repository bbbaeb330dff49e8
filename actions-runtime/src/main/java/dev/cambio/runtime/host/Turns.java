package dev.cambio.runtime.host;

import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.SequencedSet;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Lets each of many have a few of something at a time, so that no one of them has all; who wants
 * more than that waits for its own to come back. Confined to one event loop; what is entered leaves
 * there too.
 */
final class Turns {
  private static final Logger log = LoggerFactory.getLogger(Turns.class);

  private final int most;
  private final Map<String, Line> lines = new HashMap<>();

  /**
   * Nobody has any.
   *
   * @param most how many each may have
   */
  Turns(int most) {
    this.most = most;
  }

  /** A place in the line of that one, not entered yet. */
  Place place(String who) {
    return new Place(who);
  }

  /** Whether nobody has any and nobody waits. */
  boolean isIdle() {
    return lines.isEmpty();
  }

  /** Those of one, who have a turn or wait for it; gone from the map when there are none. */
  private static final class Line {
    private final SequencedSet<Place> waiting = new LinkedHashSet<>();
    private int taken;
    private boolean serving;
  }

  /**
   * Gives out what is free. A loop, since whoever gets a turn may give it back before its callback
   * returns: a long line of such would not fit on the stack.
   */
  private void serve(String who, Line line) {
    if (line.serving) {
      return;
    }
    line.serving = true;
    while (line.taken < most && !line.waiting.isEmpty()) {
      line.waiting.removeFirst().begin(line);
    }
    line.serving = false;
    if (line.taken == 0) {
      lines.remove(who);
    }
  }

  /** One turn, from waiting for it until it is given back. Enters once. */
  final class Place {
    private final String who;

    /** What to call; here only while it waits, since it may hold a lot. */
    private @Nullable Runnable then;

    private boolean taken;

    private Place(String who) {
      this.who = who;
    }

    /** Calls back when there is a turn, which is at once if that one has not too many. */
    void enter(Runnable callback) {
      then = callback;
      Line line = lines.computeIfAbsent(who, _ -> new Line());
      line.waiting.add(this);
      serve(who, line);
    }

    /** Waits no longer; nothing happens if the turn has come. */
    void giveUp() {
      Line line = lines.get(who);
      if (line != null && line.waiting.remove(this)) {
        then = null;
      }
    }

    /** Gives the turn back to whoever of the same waits, or waits no longer. Again: nothing. */
    void leave() {
      Line line = lines.get(who);
      if (line == null || !taken) {
        giveUp();
        return;
      }
      taken = false;
      line.taken--;
      serve(who, line);
    }

    /** What goes wrong is no matter of the one whose leaving made the turn free. */
    private void begin(Line line) {
      Runnable callback = then;
      then = null;
      taken = true;
      line.taken++;
      try {
        if (callback != null) {
          callback.run();
        }
      } catch (RuntimeException | Error e) {
        log.error("a turn could not be taken", e);
        leave();
      }
    }
  }
}
