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
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One guest process, from its start to its end. Safe for use by many threads. */
final class GuestProcess {
  private static final Logger log = LoggerFactory.getLogger(GuestProcess.class);
  private static final int MAX_FRAME = 16 * 1024 * 1024;
  private static final int MAX_PACKAGES = 1000;

  /** What {@code -XX:+ExitOnOutOfMemoryError} ends the process with. */
  private static final int OUT_OF_MEMORY_EXIT = 3;

  private static final RunReport LATE =
      RunReport.of(
          ActionEnding.TIMED_OUT,
          "The action did not end within its time (actions.timeout-ms, actions.kill-grace-ms)");

  private final Process process;
  private final FrameWriter out;
  private final ScheduledExecutorService supervisor;
  private final Duration grace;
  private final AtomicInteger lastRun = new AtomicInteger();
  private final AtomicInteger tampered = new AtomicInteger();
  private final AtomicReference<@Nullable Culprit> culprit = new AtomicReference<>();
  private final Map<Integer, RunMailbox> runs = new ConcurrentHashMap<>();
  private final CompletableFuture<Ready> ready = new CompletableFuture<>();
  private final CompletableFuture<Void> drained = new CompletableFuture<>();
  private final CompletableFuture<Integer> gone = new CompletableFuture<>();
  private volatile boolean leaving;

  /** The run for which the process is killed, and how that run ended. */
  private record Culprit(int run, RunReport report) {}

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

  /** Completes when the process wants no further runs, being short of memory. */
  CompletableFuture<Void> drained() {
    return drained;
  }

  /** Number of runs after which globals or intrinsics were not as before. */
  int tampered() {
    return tampered.get();
  }

  /** Whether it takes no further runs. */
  boolean isLeaving() {
    return leaving;
  }

  /** Takes no further runs, and ends with the last of those it has. */
  void leave() {
    leaving = true;
    if (runs.isEmpty()) {
      kill();
    }
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
   * @return empty if the process ended, or left, before guest code can have started
   */
  Optional<RunReport> run(int lane, GuestCall call, GuestServices services) {
    int id = lastRun.incrementAndGet();
    RunMailbox mailbox = new RunMailbox();
    runs.put(id, mailbox);
    ScheduledFuture<?> kill =
        supervisor.schedule(
            () -> killFor(id, LATE), call.budget().plus(grace).toNanos(), TimeUnit.NANOSECONDS);
    try {
      // The order matters: a run that is not in the map when the process ends would wait forever.
      if (gone.isDone() || leaving) {
        return Optional.empty();
      }
      return new GuestRun(lane, id, mailbox, out, services).run(call, this::reportOfGone);
    } catch (FrameException e) {
      log.warn("guest process {} is killed: {}", pid(), e.getMessage());
      RunReport report = RunReport.of(ActionEnding.CRASHED, "The guest process misbehaved");
      killFor(id, report);
      return Optional.of(report);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      RunReport report = RunReport.of(ActionEnding.CRASHED, "The run was interrupted");
      killFor(id, report);
      return Optional.of(report);
    } finally {
      kill.cancel(false);
      runs.remove(id);
      if (leaving && runs.isEmpty()) {
        kill();
      }
    }
  }

  private void killFor(int run, RunReport report) {
    if (culprit.compareAndSet(null, new Culprit(run, report))) {
      log.warn("guest process {} is killed for a run: {}", pid(), report.message());
    }
    kill();
  }

  private RunReport reportOfGone(int run) {
    Culprit guilty = culprit.get();
    if (guilty != null && guilty.run() == run) {
      return guilty.report();
    }
    boolean alone = runs.size() == 1;
    if (alone && gone.getNow(0) == OUT_OF_MEMORY_EXIT) {
      return RunReport.of(
          ActionEnding.OUT_OF_MEMORY,
          "The action used up the heap of its process (actions.heap-mb)");
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
    switch (frame.kind()) {
      case READY -> ready.complete(readReady(frame));
      case DRAIN -> drained.complete(null);
      case STUCK -> killFor(frame.run(), RunReport.of(frame));
      case TAMPERED -> {
        tampered.incrementAndGet();
        log.debug("a run of {} changed globals: its context is replaced", frame.text());
      }
      case CONFIGURE,
          RUN,
          CODE,
          CACHE_ANSWER,
          FETCHED,
          CODE_WANTED,
          PRINT,
          COMMAND,
          CACHE,
          FETCH,
          CANCEL,
          RESULT ->
          deliver(frame);
    }
  }

  private void deliver(Frame frame) throws FrameException {
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
