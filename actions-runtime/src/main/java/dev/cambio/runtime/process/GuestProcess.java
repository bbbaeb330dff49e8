package dev.cambio.runtime.process;

import dev.cambio.model.action.ActionEnding;
import dev.cambio.runtime.frame.Frame;
import dev.cambio.runtime.frame.FrameException;
import dev.cambio.runtime.frame.FrameKind;
import dev.cambio.runtime.frame.FrameReader;
import dev.cambio.runtime.frame.FrameWriter;
import dev.cambio.runtime.process.RunMailbox.Mail;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One guest process, from its start to its end. Safe for use by many threads. */
final class GuestProcess {
  private static final Logger log = LoggerFactory.getLogger(GuestProcess.class);
  private static final int MAX_FRAME = 16 * 1024 * 1024;
  private static final int MAX_PACKAGES = 1000;

  /** What {@code -XX:+ExitOnOutOfMemoryError} ends the process with. */
  private static final int OUT_OF_MEMORY_EXIT = 3;

  private static final int NO_RUN = 0;

  private final Process process;
  private final FrameWriter out;
  private final ScheduledExecutorService supervisor;
  private final Duration grace;
  private final AtomicInteger lastRun = new AtomicInteger(NO_RUN);
  private final AtomicInteger culprit = new AtomicInteger(NO_RUN);
  private final Map<Integer, RunMailbox> runs = new ConcurrentHashMap<>();
  private final CompletableFuture<Ready> ready = new CompletableFuture<>();
  private final CompletableFuture<Integer> gone = new CompletableFuture<>();

  /**
   * What a process says of itself once it can run code.
   *
   * @param javascript how JavaScript is run
   * @param packages packages that every Action may require
   */
  record Ready(String javascript, List<String> packages) {}

  private GuestProcess(Process process, ScheduledExecutorService supervisor, Duration grace) {
    this.process = process;
    this.out = new FrameWriter(process.getOutputStream());
    this.supervisor = supervisor;
    this.grace = grace;
  }

  /**
   * Starts a process and tells it its limits.
   *
   * @param grace time that a run may take beyond its budget before the process is killed
   */
  static GuestProcess start(
      GuestLaunch launch,
      Isolation isolation,
      boolean compiled,
      ScheduledExecutorService supervisor,
      Duration grace)
      throws IOException {
    Process process = launch.start(isolation, compiled);
    GuestProcess guest = new GuestProcess(process, supervisor, grace);
    String name = "guest-" + process.pid();
    Thread.ofPlatform().daemon().name(name + "-err").start(new StderrDrain(process)::drain);
    Thread.ofPlatform().daemon().name(name).start(guest::read);
    try {
      guest.out.send(FrameKind.CONFIGURE, 0, 0, launch.limits()::put);
    } catch (IOException e) {
      log.debug("guest process {} has gone at once", process.pid());
    }
    return guest;
  }

  long pid() {
    return process.pid();
  }

  /** Completes when code can run; fails if the process ends before. */
  CompletableFuture<Ready> ready() {
    return ready;
  }

  /** Completes with the exit code when the process has ended and its runs know. */
  CompletableFuture<Integer> gone() {
    return gone;
  }

  boolean isAlive() {
    return !gone.isDone() && process.isAlive();
  }

  /** Ends the process; its runs see it end. */
  void kill() {
    process.destroyForcibly();
  }

  /**
   * Runs code on a lane and serves it meanwhile. Blocks.
   *
   * @return empty if the process ended before guest code can have started
   */
  Optional<RunReport> run(int lane, GuestCall call, GuestServices services) {
    int id = lastRun.incrementAndGet();
    RunMailbox mailbox = new RunMailbox();
    runs.put(id, mailbox);
    ScheduledFuture<?> kill =
        supervisor.schedule(
            () -> killFor(id), call.budget().plus(grace).toNanos(), TimeUnit.NANOSECONDS);
    try {
      // The order matters: a run that is not in the map when the process ends would wait forever.
      if (gone.isDone()) {
        return Optional.empty();
      }
      return new GuestRun(lane, id, mailbox, out, services).run(call, this::reportOfGone);
    } catch (FrameException e) {
      log.warn("guest process {} is killed: {}", pid(), e.getMessage());
      killFor(id);
      return Optional.of(RunReport.of(ActionEnding.CRASHED, "The guest process misbehaved"));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      killFor(id);
      return Optional.of(RunReport.of(ActionEnding.CRASHED, "The run was interrupted"));
    } finally {
      kill.cancel(false);
      runs.remove(id);
    }
  }

  private void killFor(int run) {
    if (culprit.compareAndSet(NO_RUN, run)) {
      log.warn("guest process {} is killed: a run gave no result in time", pid());
    }
    kill();
  }

  private RunReport reportOfGone(int run) {
    if (culprit.get() == run) {
      return RunReport.of(ActionEnding.TIMED_OUT, "The action took too long");
    }
    boolean alone = runs.size() == 1;
    if (alone && gone.getNow(0) == OUT_OF_MEMORY_EXIT) {
      return RunReport.of(ActionEnding.OUT_OF_MEMORY, "The action used too much memory");
    }
    return RunReport.of(ActionEnding.CRASHED, "The guest process ended during the run");
  }

  private void read() {
    try {
      FrameReader in = new FrameReader(process.getInputStream(), MAX_FRAME);
      for (Frame frame = in.next(); frame != null; frame = in.next()) {
        accept(frame);
      }
    } catch (FrameException e) {
      log.warn("guest process {} is killed: {}", pid(), e.getMessage());
    } catch (IOException e) {
      log.debug("guest process {} closed its pipe: {}", pid(), e.getMessage());
    } finally {
      kill();
      end();
    }
  }

  private void accept(Frame frame) throws FrameException {
    if (frame.kind() == FrameKind.READY) {
      ready.complete(readReady(frame));
      return;
    }
    RunMailbox mailbox = runs.get(frame.run());
    if (mailbox != null && !mailbox.offer(frame)) {
      throw new FrameException("it floods the node");
    }
  }

  private static Ready readReady(Frame frame) throws FrameException {
    String javascript = frame.text();
    int count = frame.number();
    if (count < 0 || count > MAX_PACKAGES) {
      throw new FrameException(count + " packages");
    }
    List<String> packages = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      packages.add(frame.text());
    }
    return new Ready(javascript, List.copyOf(packages));
  }

  private void end() {
    int exitCode;
    try {
      exitCode = process.waitFor();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      exitCode = -1;
    }
    // First make gone visible, then wake those who are already in the map.
    gone.complete(exitCode);
    runs.values().forEach(mailbox -> mailbox.add(new Mail.Gone()));
    ready.completeExceptionally(
        new IOException("the guest process ended with exit code " + exitCode));
  }
}
