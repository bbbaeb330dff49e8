package dev.cambio.runtime.process;

import dev.cambio.model.action.ActionEnding;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The guest processes of this node: a fixed number that serve and one warm spare. A process that
 * ends is replaced by the spare at once, and the spare by a new process. Safe for use by many
 * threads.
 */
public final class GuestProcesses implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(GuestProcesses.class);
  private static final String INTERPRETED = "Interpreted";
  private static final long RETRY_MS = 1000;
  private static final long START_SECONDS = 60;

  private final GuestLaunch launch;
  private final Duration grace;
  private final ScheduledThreadPoolExecutor supervisor = supervisor();
  private final CompletableFuture<Void> started = new CompletableFuture<>();

  // Everything below is guarded by this.
  private final @Nullable GuestProcess[] serving;
  private final List<GuestProcess> starting = new ArrayList<>();
  private @Nullable GuestProcess spare;
  private Isolation isolation = Isolation.NONE;
  private GuestProcess.@Nullable Ready lastReady;
  private boolean compiled = true;
  private boolean closed;
  private int replaced;
  private int tampered;
  private SelfTest.@Nullable Report selfTest;

  /**
   * Prepares the processes; {@link #start} starts them.
   *
   * @param count number of processes that serve
   * @param grace time that a run may take beyond its budget before its process is killed
   */
  public GuestProcesses(GuestLaunch launch, int count, Duration grace) {
    this.launch = launch;
    this.grace = grace;
    this.serving = new GuestProcess[count];
  }

  /**
   * What can be said about the processes.
   *
   * @param tampered runs that changed globals or intrinsics, for which a context was replaced
   * @param selfTest what the self-test of the start has seen to hold; null without one
   */
  public record Health(
      int serving,
      int wanted,
      boolean spare,
      int replaced,
      int tampered,
      String javascript,
      GuestProtection protection,
      SelfTest.@Nullable Report selfTest) {}

  /**
   * Finds out what the kernel allows and starts the processes. Blocks for a moment; the future
   * completes when each process that serves can run code.
   */
  public CompletableFuture<Void> start() {
    Isolation probed = Isolation.probe();
    synchronized (this) {
      isolation = probed;
      refill();
    }
    return started;
  }

  /**
   * Fires each limit once, in a process of its own. Blocks for a second or two. To be called after
   * the start.
   *
   * @throws IOException naming the limit that does not hold, and its setting
   */
  public void selfTest() throws IOException, InterruptedException {
    Isolation from;
    boolean asCompiled;
    synchronized (this) {
      from = isolation;
      asCompiled = compiled;
    }
    SelfTest.Report report = SelfTest.run(launch, from, asCompiled, supervisor);
    synchronized (this) {
      selfTest = report;
    }
  }

  public synchronized Health health() {
    int alive = (int) Arrays.stream(serving).filter(p -> p != null && p.isAlive()).count();
    return new Health(
        alive,
        serving.length,
        spare != null,
        replaced,
        tampered + all().stream().mapToInt(GuestProcess::tampered).sum(),
        lastReady == null ? "none" : lastReady.javascript(),
        isolation.protection(),
        selfTest);
  }

  /** Packages that every Action may require; empty before the start. */
  public synchronized List<String> packages() {
    return lastReady == null ? List.of() : lastReady.packages();
  }

  /** Process ids of all processes, for tests and for health. */
  public synchronized List<Long> pids() {
    List<Long> pids = new ArrayList<>();
    for (GuestProcess process : all()) {
      pids.add(process.pid());
    }
    return pids;
  }

  /**
   * Runs code in a process that serves. Blocks, at most for the budget plus the grace.
   *
   * @param index the process, counted from 0
   * @param lane the lane within it
   */
  public RunReport run(int index, int lane, GuestCall call, GuestServices services) {
    long deadline = System.nanoTime() + call.budget().toNanos();
    GuestCall remaining = call;
    while (true) {
      GuestProcess process = await(index, deadline);
      if (process == null) {
        return RunReport.of(ActionEnding.OVERLOADED, "No guest process is ready");
      }
      Optional<RunReport> report = process.run(lane, remaining, services);
      if (report.isPresent()) {
        return report.get();
      }
      if (!process.isLeaving()) {
        ended(process);
      }
      remaining = call.within(Duration.ofNanos(Math.max(0, deadline - System.nanoTime())));
    }
  }

  @Override
  public void close() {
    killAll();
    supervisor.shutdownNow();
  }

  private static ScheduledThreadPoolExecutor supervisor() {
    ScheduledThreadPoolExecutor executor =
        new ScheduledThreadPoolExecutor(
            1, Thread.ofPlatform().daemon().name("guest-supervisor").factory());
    executor.setRemoveOnCancelPolicy(true);
    return executor;
  }

  private synchronized void killAll() {
    closed = true;
    all().forEach(GuestProcess::kill);
    started.completeExceptionally(new IllegalStateException("closed"));
    notifyAll();
  }

  private List<GuestProcess> all() {
    List<GuestProcess> all = new ArrayList<>(starting);
    for (GuestProcess process : serving) {
      if (process != null) {
        all.add(process);
      }
    }
    if (spare != null) {
      all.add(spare);
    }
    return all;
  }

  private synchronized @Nullable GuestProcess await(int index, long deadline) {
    while (!closed) {
      GuestProcess process = serving[index];
      if (process != null) {
        return process;
      }
      long millis = TimeUnit.NANOSECONDS.toMillis(deadline - System.nanoTime());
      if (millis <= 0) {
        return null;
      }
      try {
        wait(millis);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        return null;
      }
    }
    return null;
  }

  private synchronized void ended(GuestProcess process) {
    process.kill();
    if (closed) {
      return;
    }
    starting.remove(process);
    if (process == spare) {
      spare = null;
    }
    for (int i = 0; i < serving.length; i++) {
      if (serving[i] == process) {
        tampered += process.tampered();
        replaced++;
        serving[i] = spare;
        spare = null;
        log.info("guest process {} has ended and is replaced", process.pid());
      }
    }
    refill();
    notifyAll();
  }

  // It goes on serving until there is a spare, and finishes the runs that it has by then.
  private synchronized void relieve() {
    for (int i = 0; i < serving.length; i++) {
      GuestProcess process = serving[i];
      if (process != null && process.drained().isDone() && spare != null && !closed) {
        tampered += process.tampered();
        replaced++;
        serving[i] = spare;
        spare = null;
        log.info("guest process {} is short of memory and is replaced", process.pid());
        process.leave();
      }
    }
    refill();
  }

  // One at a time, so that a start does not take all processors from the runs.
  private void refill() {
    boolean complete = spare != null && !Arrays.asList(serving).contains(null);
    if (closed || complete || !starting.isEmpty()) {
      return;
    }
    boolean asCompiled = compiled;
    try {
      GuestProcess process = GuestProcess.start(launch, isolation, asCompiled, supervisor, grace);
      starting.add(process);
      var _ = supervisor.schedule(() -> giveUp(process), START_SECONDS, TimeUnit.SECONDS);
      var _ = process.ready().thenAccept(ready -> serve(process, ready));
      var _ = process.drained().thenRun(this::relieve);
      var _ = process.gone().thenAccept(exitCode -> gone(process, exitCode));
    } catch (IOException e) {
      started.completeExceptionally(e);
      log.error("no guest process can be started: {}", e.getMessage());
      retryLater();
    }
  }

  private static void giveUp(GuestProcess process) {
    if (!process.ready().isDone()) {
      log.warn("guest process {} does not become ready and is killed", process.pid());
      process.kill();
    }
  }

  private synchronized void serve(GuestProcess process, GuestProcess.Ready ready) {
    starting.remove(process);
    if (closed || !process.isAlive()) {
      process.kill();
      return;
    }
    if (lastReady == null && ready.javascript().equals(INTERPRETED)) {
      log.warn("JavaScript is interpreted, which is slow: the guests have no fitting compiler");
    }
    lastReady = ready;
    int free = Arrays.asList(serving).indexOf(null);
    if (free >= 0) {
      serving[free] = process;
    } else {
      spare = process;
    }
    if (!Arrays.asList(serving).contains(null)) {
      started.complete(null);
    }
    notifyAll();
    relieve();
  }

  private synchronized void gone(GuestProcess process, int exitCode) {
    if (!starting.remove(process)) {
      ended(process);
      return;
    }
    if (closed) {
      return;
    }
    if (lastReady == null && compiled) {
      log.warn(
          "A guest process ended with exit code {} while starting: this JDK and the JavaScript"
              + " compiler may not fit. It is started again without the compiler.",
          exitCode);
      compiled = false;
      refill();
      return;
    }
    String message = "A guest process ended with exit code " + exitCode + " while starting";
    log.error(message);
    if (lastReady == null) {
      started.completeExceptionally(new IOException(message));
    }
    retryLater();
  }

  private void retryLater() {
    if (!closed) {
      var _ = supervisor.schedule(this::retry, RETRY_MS, TimeUnit.MILLISECONDS);
    }
  }

  private synchronized void retry() {
    refill();
  }
}
