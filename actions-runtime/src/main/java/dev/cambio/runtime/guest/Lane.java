package dev.cambio.runtime.guest;

import dev.cambio.runtime.frame.Frame;
import dev.cambio.runtime.frame.FrameKind;
import dev.cambio.runtime.frame.FrameWriter;
import dev.cambio.runtime.frame.GuestLimits;
import dev.cambio.runtime.guest.sandbox.Sandbox;
import java.io.IOException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * One run at a time, on a platform thread of its own: accounting per thread does not work on
 * virtual threads.
 */
final class Lane {
  private static final long STACK_BYTES = 2L * 1024 * 1024;

  private final int index;
  private final Sandbox sandbox;
  private final FrameWriter out;
  private final Watchdog watchdog;
  private final WarmRealms realms;
  private final GuestLimits limits;
  private final Runnable afterRun;
  private final LinkedBlockingQueue<Frame> mailbox = new LinkedBlockingQueue<>();

  private Lane(
      int index,
      Sandbox sandbox,
      SpareRealms spares,
      GuestLimits limits,
      FrameWriter out,
      Watchdog watchdog,
      Runnable afterRun) {
    this.index = index;
    this.sandbox = sandbox;
    this.limits = limits;
    this.out = out;
    this.watchdog = watchdog;
    this.realms = new WarmRealms(spares, limits);
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
      Runnable afterRun) {
    Lane lane = new Lane(index, sandbox, spares, limits, out, watchdog, afterRun);
    Thread thread = new Thread(null, lane::work, "lane-" + index, STACK_BYTES);
    thread.setDaemon(true);
    thread.setUncaughtExceptionHandler((_, e) -> giveUp(index, e));
    thread.start();
    return lane;
  }

  /** Takes a frame that is about this lane. */
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

  Watchdog watchdog() {
    return watchdog;
  }

  /** The next frame, or null when none comes within that time. */
  @Nullable Frame await(long nanos) throws InterruptedException {
    return mailbox.poll(nanos, TimeUnit.NANOSECONDS);
  }

  private void work() {
    try {
      while (true) {
        Frame frame = takeUninterruptibly();
        // Anything else is late mail of a run that is over.
        if (frame.kind() == FrameKind.RUN) {
          new LaneRun(this, RunRequest.of(frame)).execute();
          afterRun.run();
        }
      }
    } catch (IOException e) {
      giveUp(index, e);
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
