package dev.cambio.runtime.process;

import dev.cambio.model.action.ActionEnding;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/** One guest process without a spare, for a single run. Blocks. */
public final class LoneGuest implements AutoCloseable {
  private static final long END_SECONDS = 60;

  private final GuestProcess process;
  private final ScheduledExecutorService supervisor;

  private LoneGuest(GuestProcess process, ScheduledExecutorService supervisor) {
    this.process = process;
    this.supervisor = supervisor;
  }

  /**
   * Starts the process and waits until it can run code.
   *
   * @param grace time that the run may take beyond its budget before the process is killed
   * @throws IOException if it cannot be started, with the compiler or without
   */
  public static LoneGuest start(GuestLaunch launch, Duration grace) throws IOException {
    Isolation isolation = Isolation.probe();
    try {
      return start(launch, isolation, true, grace);
    } catch (IOException e) {
      // Its cache may be broken, or JDK and JavaScript compiler may not fit.
      return start(launch.withoutCache(), isolation, !(e instanceof Refused), grace);
    }
  }

  /** The compiler does not fit the JDK. */
  private static final class Refused extends IOException {
    private static final long serialVersionUID = 1;

    private Refused(IOException why) {
      super(why);
    }
  }

  private static LoneGuest start(
      GuestLaunch launch, Isolation isolation, boolean compiled, Duration grace)
      throws IOException {
    ScheduledExecutorService supervisor =
        Executors.newSingleThreadScheduledExecutor(
            Thread.ofPlatform().daemon().name("guest-supervisor").factory());
    GuestProcess process = GuestProcess.start(launch, isolation, compiled, supervisor, grace);
    LoneGuest guest = new LoneGuest(process, supervisor);
    try {
      StartProgress.await(process);
      return guest;
    } catch (IOException e) {
      guest.close();
      if (compiled && process.refusedCompiler()) {
        throw new Refused(e);
      }
      throw new IOException("The guest process of the Action cannot be used: " + e.getMessage(), e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      guest.close();
      throw new IOException("interrupted while the guest process of the Action started", e);
    }
  }

  /** Runs code; whatever happens is in the report. */
  public RunReport run(GuestCall call, GuestServices services) {
    return switch (process.run(0, call, services, new OnlyLane(process))) {
      case Attempt.Ended(RunReport report) -> report;
      case Attempt.Blamed blamed -> blamed.report();
      case Attempt.NotBegun _, Attempt.Undone _ ->
          RunReport.of(ActionEnding.LOST, "The guest process ended under the run");
    };
  }

  @Override
  public void close() {
    process.end(GuestEnd.STOPPED);
    process
        .gone()
        .orTimeout(END_SECONDS, TimeUnit.SECONDS)
        .exceptionally(_ -> GuestEnd.CRASHED)
        .join();
    supervisor.shutdownNow();
  }
}
