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
import java.util.Objects;
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
  private static final int NO_RUN = 0;
  private static final String CACHE_REFUSED = "occurred while processing the AOT cache";

  /** A process that gets less of a processor than one in so many is starved. */
  private static final int STARVED_SHARE = 10;

  /** Graces that a run of a starved process gets. */
  private static final int MOST_GRACES = 4;

  /** How long a process that has closed its pipe may take to say by its exit code why. */
  private static final long EXIT_MS = 1000;

  private final Process process;
  private final boolean cached;
  private final StderrDrain words;
  private final Thread drain;
  private final FrameWriter out;
  private final ScheduledExecutorService supervisor;
  private final Duration grace;
  private final AtomicInteger lastRun = new AtomicInteger(NO_RUN);
  private final AtomicInteger culprit = new AtomicInteger(NO_RUN);
  private volatile int greediest = NO_RUN;
  private final AtomicReference<@Nullable GuestEnd> reason = new AtomicReference<>();

  private final Map<Integer, Running> runs = new ConcurrentHashMap<>();

  /** Runs that were given up, and what is said of them. */
  private final Map<Integer, RunReport> overdue = new ConcurrentHashMap<>();

  private final AtomicInteger tampered = new AtomicInteger();
  private final CompletableFuture<Void> drained = new CompletableFuture<>();

  private final CompletableFuture<Ready> ready = new CompletableFuture<>();
  private final CompletableFuture<GuestEnd> gone = new CompletableFuture<>();

  /**
   * What a process says of itself once it can run code.
   *
   * @param javascript how JavaScript is run
   * @param packages packages that every Action may require
   */
  record Ready(String javascript, List<String> packages) {}

  /** Hears of a run what is not its own business. On any thread. */
  interface RunListener {
    /**
     * What the process says of its realms.
     *
     * @see FrameKind#REALMS
     */
    void realms(int opened, int ended, boolean there);

    /**
     * The run waits for a timer or a request, and needs no lane until it goes on. On the thread
     * that runs it.
     *
     * @param mayHold bytes that it may hold of the process's heap meanwhile
     */
    void waits(long mayHold);

    /**
     * The run, which waited, goes on. On the thread that runs it, which it may hold up.
     *
     * @param deadline {@link System#nanoTime} at which the time of the run is up
     * @return the lane on which it goes on; negative if there is none in time, or none any more
     *     since the process has gone
     */
    int goesOn(long deadline) throws InterruptedException;

    /**
     * The run has not ended in time, so that its lane is lost. Told before the run ends.
     *
     * @param starved whether it may be for the machine, which has given the process no processor
     */
    void overdue(boolean starved);
  }

  private record Running(GuestRun run, RunListener listener) {}

  private GuestProcess(
      GuestLaunch.Started started, ScheduledExecutorService supervisor, Duration grace) {
    this.process = started.process();
    this.cached = started.cached();
    this.words = new StderrDrain(process);
    this.drain =
        Thread.ofPlatform()
            .daemon()
            .name("guest-" + process.pid() + "-err")
            .unstarted(words::drain);
    this.out = new FrameWriter(process.getOutputStream());
    this.supervisor = supervisor;
    this.grace = grace;
  }

  /**
   * Starts a process and tells it its limits.
   *
   * @param grace time that a run may take beyond its budget before it is overdue
   */
  static GuestProcess start(
      GuestLaunch launch,
      Isolation isolation,
      boolean compiled,
      ScheduledExecutorService supervisor,
      Duration grace)
      throws IOException {
    GuestLaunch.Started started = launch.start(isolation, compiled);
    GuestProcess guest = new GuestProcess(started, supervisor, grace);
    guest.drain.start();
    Thread.ofPlatform().daemon().name("guest-" + guest.pid()).start(guest::read);
    try {
      guest.out.send(FrameKind.CONFIGURE, 0, 0, launch::put);
    } catch (IOException e) {
      log.debug("guest process {} has gone at once", guest.pid());
    }
    return guest;
  }

  long pid() {
    return process.pid();
  }

  /** Whether it was started from the cache. */
  boolean cached() {
    return cached;
  }

  /** Whether its JVM has said that it does not use the cache that it was started with. */
  boolean refusedCache() {
    return cached && words.firstWords().contains(CACHE_REFUSED);
  }

  /**
   * Whether it has ended by itself and what it said first names the JavaScript compiler, or what
   * the JDK has for it, as the reason. To be asked once it has gone.
   */
  boolean refusedCompiler() {
    return gone.isDone() && CompilerFault.isOne(process.exitValue(), words.firstWords());
  }

  /** What it has been given since it was started; empty where the system does not say. */
  Optional<Duration> processorTime() {
    return process.info().totalCpuDuration();
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

  /** Completes when the process has ended and its runs know. */
  CompletableFuture<GuestEnd> gone() {
    return gone;
  }

  boolean isAlive() {
    return !gone.isDone() && process.isAlive();
  }

  /** Ends the process; its runs see it end. The first reason given is the one that counts. */
  void end(GuestEnd why) {
    reason.compareAndSet(null, why);
    process.destroyForcibly();
  }

  /** Runs code on a lane and serves it meanwhile. Blocks, at most for the budget plus the grace. */
  Attempt run(int lane, GuestCall call, GuestServices services, RunListener listener) {
    int id = lastRun.incrementAndGet();
    Running running = new Running(new GuestRun(lane, id, out, services, listener), listener);
    runs.put(id, running);
    Overdue limit = new Overdue(running);
    limit.after(call.budget());
    try {
      // The order matters: a run that is not in the map when the process ends would wait forever.
      if (gone.isDone()) {
        return new Attempt.NotBegun();
      }
      return running.run().run(call, this::whenGone);
    } catch (FrameException e) {
      misbehaved(id, e);
      return new Attempt.Blamed(GuestEnd.MISBEHAVED);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      listener.overdue(/* starved= */ false);
      return new Attempt.Ended(RunReport.of(ActionEnding.LOST, "The run was interrupted"));
    } finally {
      limit.cancel();
      runs.remove(id);
      overdue.remove(id);
    }
  }

  /**
   * Gives up a run that has not ended after its budget and the grace. Where the process got next to
   * no processor in the grace, it is the machine that is slow, and the run gets a few more of them.
   */
  private final class Overdue {
    private final Running running;
    private @Nullable Duration before;
    private boolean cancelled;
    private int graces;
    private @Nullable ScheduledFuture<?> next;

    private Overdue(Running running) {
      this.running = running;
    }

    synchronized void after(Duration time) {
      if (!cancelled) {
        next = supervisor.schedule(this::judge, time.toNanos(), TimeUnit.NANOSECONDS);
      }
    }

    synchronized void cancel() {
      cancelled = true;
      if (next != null) {
        next.cancel(false);
      }
    }

    private void judge() {
      Duration now = processorTime().orElse(null);
      Duration then = before;
      before = now;
      boolean starved = now != null && then != null && starved(now.minus(then));
      if (graces == 0 || (starved && graces < MOST_GRACES)) {
        graces++;
        after(grace);
      } else {
        overdue(running, RunReport.overdue(), starved);
      }
    }

    private boolean starved(Duration given) {
      return given.multipliedBy(STARVED_SHARE).compareTo(grace) < 0;
    }
  }

  private void overdue(Running running, RunReport report, boolean starved) {
    // In this order: the run may hear first that its process has gone for it.
    if (overdue.putIfAbsent(running.run().id(), report) == null) {
      running.listener().overdue(starved);
      running.run().tell(new Mail.Overdue(report));
    }
  }

  /** Whether runs are under way or parked in it. */
  boolean hasRuns() {
    return !runs.isEmpty();
  }

  /** Whether a run that is not overdue would be lost with the process. */
  boolean hasRunsWithEffects() {
    return runs.values().stream()
        .map(Running::run)
        .anyMatch(run -> run.mayHaveHadEffects() && !overdue.containsKey(run.id()));
  }

  private void misbehaved(int run, FrameException e) {
    culprit.compareAndSet(NO_RUN, run);
    misbehaved(e);
  }

  private void misbehaved(FrameException e) {
    log.warn("guest process {} is killed: {}", pid(), e.getMessage());
    end(GuestEnd.MISBEHAVED);
  }

  private Attempt whenGone(GuestRun run) {
    GuestEnd end = gone.getNow(GuestEnd.CRASHED);
    RunReport givenUp = overdue.get(run.id());
    if (givenUp != null) {
      return new Attempt.Ended(givenUp);
    }
    if (culprit.get() == run.id()) {
      return new Attempt.Blamed(end);
    }
    return run.mayHaveHadEffects()
        ? new Attempt.Ended(
            RunReport.of(ActionEnding.LOST, "The guest process ended during the run"))
        : new Attempt.Undone(end);
  }

  private void read() {
    try {
      FrameReader in = new FrameReader(process.getInputStream(), MAX_FRAME);
      for (Frame frame = in.next(); frame != null; frame = in.next()) {
        accept(frame);
      }
    } catch (FrameException e) {
      misbehaved(e);
    } catch (IOException e) {
      log.debug("guest process {} closed its pipe: {}", pid(), e.getMessage());
    } finally {
      end();
    }
  }

  private void accept(Frame frame) throws FrameException {
    switch (frame.kind()) {
      case READY -> ready.complete(readReady(frame));
      case DRAIN -> drained.complete(null);
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
          WAITS,
          WAKE,
          RESUME,
          DROP,
          REALMS,
          RESULT,
          STUCK,
          GREEDIEST ->
          deliver(frame);
    }
  }

  private void deliver(Frame frame) throws FrameException {
    Running running = runs.get(frame.run());
    if (running == null) {
      return;
    }
    if (frame.kind() == FrameKind.REALMS) {
      running.listener().realms(frame.number(), frame.number(), frame.flag());
    } else if (frame.kind() == FrameKind.GREEDIEST) {
      greediest = frame.run();
    } else if (frame.kind() == FrameKind.STUCK) {
      overdue(running, RunReport.of(frame), /* starved= */ false);
    } else if (!running.run().offer(frame)) {
      culprit.compareAndSet(NO_RUN, frame.run());
      throw new FrameException("it floods the node");
    }
  }

  /** What a READY frame says; its texts are as the process chose them. */
  static Ready readReady(Frame frame) throws FrameException {
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
    GuestEnd byItself = exit();
    GuestEnd end = Objects.requireNonNullElse(reason.get(), byItself);
    culprit.compareAndSet(NO_RUN, toBlame(end));
    // First make gone visible, then wake those who are already in the map.
    gone.complete(end);
    runs.values().forEach(running -> running.run().tell(new Mail.Gone()));
    ready.completeExceptionally(new IOException("the guest process has ended"));
  }

  // One allocation beyond the heap ends a process at once, and nobody can tell whose it was.
  private int toBlame(GuestEnd end) {
    if (!end.mayBeOfARun()) {
      return NO_RUN;
    }
    if (end == GuestEnd.OUT_OF_MEMORY && runs.containsKey(greediest)) {
      return greediest;
    }
    List<Integer> under = List.copyOf(runs.keySet());
    return under.size() == 1 ? under.getFirst() : NO_RUN;
  }

  private GuestEnd exit() {
    try {
      if (reason.get() == null && !process.waitFor(EXIT_MS, TimeUnit.MILLISECONDS)) {
        end(GuestEnd.MISBEHAVED);
      }
      GuestEnd end = GuestEnd.of(process.waitFor());
      drain.join(EXIT_MS);
      return end;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return GuestEnd.CRASHED;
    }
  }
}
