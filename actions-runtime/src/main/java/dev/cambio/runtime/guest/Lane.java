package dev.cambio.runtime.guest;

import dev.cambio.runtime.frame.Frame;
import dev.cambio.runtime.frame.FrameKind;
import dev.cambio.runtime.frame.FrameWriter;
import dev.cambio.runtime.frame.GuestLimits;
import dev.cambio.runtime.guest.sandbox.Sandbox;
import java.io.IOException;
import java.util.concurrent.LinkedBlockingQueue;

/**
 * One run at a time, on a platform thread of its own: accounting per thread does not work on
 * virtual threads. A run that waits leaves its lane, and goes on on any.
 */
final class Lane {
  private static final long STACK_BYTES = 2L * 1024 * 1024;

  private final int index;
  private final Sandbox sandbox;
  private final FrameWriter out;
  private final Watchdog watchdog;
  private final WarmRealms realms;
  private final GuestLimits limits;
  private final OpenRuns runs;
  private final Runnable afterRun;
  private final LinkedBlockingQueue<Frame> mailbox = new LinkedBlockingQueue<>();

  private Lane(
      int index,
      Sandbox sandbox,
      SpareRealms spares,
      GuestLimits limits,
      FrameWriter out,
      Watchdog watchdog,
      OpenRuns runs,
      Runnable afterRun) {
    this.index = index;
    this.sandbox = sandbox;
    this.limits = limits;
    this.out = out;
    this.watchdog = watchdog;
    this.realms = new WarmRealms(spares, limits);
    this.runs = runs;
    this.afterRun = afterRun;
  }

  /**
   * Starts a lane.
   *
   * @param afterRun called by the lane between two runs
   */
  static Lane start(
      int index,
      Sandbox sandbox,
      SpareRealms spares,
      GuestLimits limits,
      FrameWriter out,
      Watchdog watchdog,
      OpenRuns runs,
      Runnable afterRun) {
    Lane lane = new Lane(index, sandbox, spares, limits, out, watchdog, runs, afterRun);
    Thread thread = new Thread(null, lane::work, "lane-" + index, STACK_BYTES);
    thread.setDaemon(true);
    thread.setUncaughtExceptionHandler((_, e) -> giveUp(index, e));
    thread.start();
    return lane;
  }

  /** Takes a frame that gives this lane something to do. */
  void deliver(Frame frame) {
    mailbox.add(frame);
  }

  int index() {
    return index;
  }

  Sandbox sandbox() {
    return sandbox;
  }

  GuestLimits limits() {
    return limits;
  }

  FrameWriter out() {
    return out;
  }

  WarmRealms realms() {
    return realms;
  }

  OpenRuns runs() {
    return runs;
  }

  Watchdog watchdog() {
    return watchdog;
  }

  private void work() {
    try {
      while (true) {
        work(takeUninterruptibly());
      }
    } catch (IOException e) {
      giveUp(index, e);
    }
  }

  private void work(Frame frame) throws IOException {
    LaneRun run;
    boolean waits;
    if (frame.kind() == FrameKind.RUN) {
      run = new LaneRun(this, RunRequest.of(frame));
      runs.add(run);
      waits = run.begin();
    } else {
      run = runs.find(frame.run());
      waits = run == null || run.goOn(this);
    }
    // A run that waits may be on another lane by now.
    if (!waits) {
      afterRun.run();
    }
  }

  // A process with a lane less would look alive and never answer.
  private static void giveUp(int index, Throwable e) {
    System.err.println("Lane " + index + " gives up: " + e);
    Runtime.getRuntime().halt(1);
  }

  // Cancelling a realm may leave the thread interrupted after the run that it was about.
  private Frame takeUninterruptibly() {
    while (true) {
      try {
        return mailbox.take();
      } catch (InterruptedException ignored) {
        // The flag is now clear.
      }
    }
  }
}
