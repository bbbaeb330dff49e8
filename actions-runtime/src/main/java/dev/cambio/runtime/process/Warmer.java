package dev.cambio.runtime.process;

import dev.cambio.model.action.ActionEnding;
import java.time.Duration;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Opens the realms of deployed versions before a request needs them, one at a time, on a thread of
 * its own.
 */
final class Warmer {
  private static final Logger log = LoggerFactory.getLogger(Warmer.class);

  /** Enough for every top level that is fit to run before a request. */
  private static final Duration BUDGET = Duration.ofSeconds(3);

  private static final String NO_TRIGGER = "";

  private final GuestProcesses processes;
  private final Function<GuestVersion, @Nullable String> sources;

  /**
   * The warmer of those processes.
   *
   * @param sources finds the source of a version; may block, null when it cannot be had
   */
  Warmer(GuestProcesses processes, Function<GuestVersion, @Nullable String> sources) {
    this.processes = processes;
    this.sources = sources;
  }

  /** A realm to be opened, with the lane taken for it. */
  record Task(GuestLane lane, GuestVersion version) {}

  void start() {
    Thread.ofPlatform().daemon().name("guest-warmer").start(this::work);
  }

  private void work() {
    try {
      for (Task task = processes.coldest(); task != null; task = processes.coldest()) {
        switch (open(task)) {
          case Attempt.Ended(RunReport report) -> warmed(task, report);
          case Attempt.Blamed blamed -> warmed(task, blamed.report());
          // The lane has gone with its process; the others are still to open the version.
          case Attempt.NotBegun _, Attempt.Undone _ -> {}
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private Attempt open(Task task) {
    return processes.run(
        task.lane(),
        call(task.version()),
        new WarmServices(task.version(), sources),
        RunSlot.OWN,
        /* forRun= */ false);
  }

  private void warmed(Task task, RunReport report) {
    boolean well = report.ending() == ActionEnding.RETURNED;
    if (!well) {
      log.warn(
          "Version {} of an Action of tenant {} is not opened ahead: its top level ended as {}",
          task.version().version(),
          task.version().tenant(),
          report.ending());
    }
    processes.warmed(task, well);
  }

  private static GuestCall call(GuestVersion version) {
    return new GuestCall(
        version.tenant(),
        version.version(),
        version.contentHash(),
        NO_TRIGGER,
        BUDGET,
        "{}",
        "{}",
        null);
  }
}
