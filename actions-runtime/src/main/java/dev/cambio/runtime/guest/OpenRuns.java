package dev.cambio.runtime.guest;

import dev.cambio.runtime.frame.Frame;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * The runs of this process that have begun and have not ended, on a lane or waiting without one;
 * what the node says to one of them finds it here. Safe for use by many threads.
 */
final class OpenRuns {
  private final Map<Integer, LaneRun> runs = new ConcurrentHashMap<>();

  void add(LaneRun run) {
    runs.put(run.id(), run);
  }

  void remove(LaneRun run) {
    runs.remove(run.id());
  }

  /** The run with that id; null if it is over. */
  @Nullable LaneRun find(int id) {
    return runs.get(id);
  }

  /**
   * Hands a frame to the run that it is about; one about a run that is over is late and dropped.
   */
  void deliver(Frame frame) {
    LaneRun run = runs.get(frame.run());
    if (run != null) {
      run.deliver(frame);
    }
  }

  /** Ends a run that waits and is not wanted any more. */
  void drop(int id) {
    LaneRun run = runs.remove(id);
    if (run != null) {
      run.drop();
    }
  }
}
