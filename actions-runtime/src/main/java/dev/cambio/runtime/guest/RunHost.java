package dev.cambio.runtime.guest;

import dev.cambio.runtime.frame.Frame;
import dev.cambio.runtime.frame.FrameException;
import dev.cambio.runtime.frame.FrameKind;
import dev.cambio.runtime.frame.FrameWriter;
import dev.cambio.runtime.frame.RunEnding;
import dev.cambio.runtime.frame.RunLimits;
import dev.cambio.runtime.frame.Utf8;
import dev.cambio.runtime.guest.sandbox.GuestException;
import dev.cambio.runtime.guest.sandbox.Realm;
import dev.cambio.runtime.guest.sandbox.RealmHost;
import dev.cambio.runtime.guest.sandbox.SimulatedWorld;
import dev.cambio.runtime.guest.sandbox.World;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayDeque;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The host side of one run within the guest process: turns what the JavaScript asks for into frames
 * and keeps the amounts within bounds. Confined to the thread of the lane that the run is on, but
 * for {@link #deliver}.
 */
final class RunHost implements RealmHost {
  private static final int MAX_LINES = 1000;
  private static final int MAX_COMMAND_TEXT = 4 * 1024 * 1024;
  private static final int MAX_CALLS = 64;
  private static final int MAX_HEAD = 256 * 1024;
  private static final int MAX_BODY = 5 * 1024 * 1024;

  /** A wait that costs less than giving the lane to another run would. */
  private static final long SHORT_NANOS = TimeUnit.MILLISECONDS.toNanos(5);

  /** Longer cache keys and values cross cut to this, which is still too long to be accepted. */
  private static final int MAX_CACHE_TEXT = 16 * 1024;

  private final LinkedBlockingQueue<Frame> mailbox = new LinkedBlockingQueue<>();
  private volatile Lane lane;
  private final int run;
  private final Watchdog.Watch watch;
  private final RunLimits limits;
  private final World world;

  /** The world if its time stands still while code runs. */
  private final @Nullable SimulatedWorld standing;

  private final Timers timers;
  private final Set<Integer> calls = new HashSet<>();
  private final ArrayDeque<Completion> arrived = new ArrayDeque<>();
  private volatile int hostCalls;
  private int lines;
  private long console;
  private int commands;
  private int commandText;
  private int lastCall;
  private int taken;
  private LaneRun.@Nullable Outcome outcome;
  private boolean outcomeTaken;

  @SuppressWarnings("ArrayRecordComponent") // passed through, never compared
  private record Completion(int call, boolean ok, String head, byte @Nullable [] body) {
    static Completion of(Frame frame) {
      try {
        return new Completion(frame.number(), frame.flag(), frame.text(), frame.optionalBytes());
      } catch (FrameException e) {
        throw new UncheckedIOException(e);
      }
    }

    static Completion refused(int call, String message) {
      return new Completion(call, false, "{\"message\":\"" + message + "\"}", null);
    }
  }

  RunHost(Lane lane, int run, Watchdog.Watch watch, World world) {
    this.lane = lane;
    this.run = run;
    this.watch = watch;
    this.limits = lane.limits().run();
    this.timers = new Timers(limits.timers());
    this.world = world;
    this.standing =
        world instanceof SimulatedWorld simulated && simulated.stands() ? simulated : null;
  }

  /** Takes a frame from the node; on any thread. */
  void deliver(Frame frame) {
    mailbox.add(frame);
  }

  /** The run goes on, on that lane. */
  void goOn(Lane on) {
    lane = on;
  }

  /** How many completed requests have been taken from the mailbox. */
  int taken() {
    return taken;
  }

  /** How many host calls the run has made. */
  int calls() {
    return hostCalls;
  }

  boolean isSettled() {
    return outcome != null;
  }

  LaneRun.Outcome outcome() {
    if (outcome == null) {
      throw new IllegalStateException("the run has not settled");
    }
    outcomeTaken = true;
    return outcome;
  }

  /** Fires the timer that is due first, if one is. */
  boolean fireDue(Realm realm) throws GuestException {
    int timer = timers.pollDue(timerNanos());
    if (timer == 0) {
      return false;
    }
    watch.turn();
    realm.fire(timer);
    return true;
  }

  /** Hands the oldest completed request over, if there is one. */
  boolean completeArrived(Realm realm) throws GuestException {
    Completion completion = arrived.poll();
    if (completion == null) {
      return false;
    }
    if (calls.remove(completion.call())) {
      watch.turn();
      realm.complete(completion.call(), completion.ok(), completion.head(), completion.body());
    }
    return true;
  }

  /** What has come of waiting. */
  enum Awaited {
    /** There may be something to hand to the realm. */
    SOMETHING,
    /** Not for longer than a lane is to be held for it. */
    NOTHING_SOON,
    /** The deadline has come. */
    NOTHING_IN_TIME
  }

  /**
   * Waits until there is something to hand to the realm, but not long: that can be done without a
   * lane. Where time stands still the run keeps its lane, for it is the wait that moves the time.
   */
  Awaited await() {
    long now = System.nanoTime();
    long left = watch.deadline() - now;
    if (left <= 0) {
      return Awaited.NOTHING_IN_TIME;
    }
    if (standing != null) {
      passTime(standing, now, left);
      return Awaited.SOMETHING;
    }
    long toTimer = timers.nanosToNext(now);
    boolean soon = toTimer <= SHORT_NANOS;
    if (!soon && calls.isEmpty()) {
      return Awaited.NOTHING_SOON;
    }
    Frame frame = receive(Math.min(left, Math.min(toTimer, SHORT_NANOS)));
    return frame == null && !soon ? Awaited.NOTHING_SOON : Awaited.SOMETHING;
  }

  private void passTime(SimulatedWorld standing, long now, long left) {
    long toTimer = timers.nanosToNext(timerNanos());
    // Where no answer is on its way, only a timer can be next.
    if (calls.isEmpty()) {
      standing.pass(toTimer);
      return;
    }
    Frame frame = receive(Math.min(left, toTimer));
    if (frame == null && System.nanoTime() - now >= toTimer) {
      standing.pass(toTimer);
    }
  }

  /** Time until a timer is due; negative when there is none. */
  long nanosToTimer() {
    return timers.isEmpty() ? -1 : timers.nanosToNext(System.nanoTime());
  }

  private long timerNanos() {
    return standing == null ? System.nanoTime() : standing.elapsedNanos();
  }

  /** Waits for a frame of that kind; null if the deadline came first. */
  @Nullable Frame awaitAnswer(FrameKind kind) {
    long deadline = watch.deadline();
    for (long now = System.nanoTime(); now - deadline < 0; now = System.nanoTime()) {
      Frame frame = receive(deadline - now);
      if (frame != null && frame.kind() == kind) {
        return frame;
      }
      if (frame == null && Thread.interrupted()) {
        return null;
      }
    }
    return null;
  }

  private @Nullable Frame receive(long nanos) {
    try {
      Frame frame = mailbox.poll(nanos, TimeUnit.NANOSECONDS);
      if (frame != null && frame.kind() == FrameKind.FETCHED) {
        taken++;
        arrived.add(Completion.of(frame));
      }
      return frame;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return null;
    }
  }

  // Written by the lane's thread only; the watchdog reads it of a run that hangs.
  @SuppressWarnings("NonAtomicVolatileUpdate")
  @Override
  public boolean admit() {
    if (++hostCalls <= limits.hostCalls()) {
      return true;
    }
    watch.exceed(Verdict.hostCalls(limits));
    return false;
  }

  @Override
  public void print(String level, String text) {
    int room = limits.consoleBytes();
    if (lines >= MAX_LINES || console >= room) {
      return;
    }
    // The node masks secrets before it cuts, so a line is cut here only beyond what it keeps.
    byte[] line = Utf8.cut(text, 2 * room);
    lines++;
    console += line.length + 1;
    append(FrameKind.PRINT, frame -> frame.text(level).bytes(line).bigNumber((long) world.now()));
  }

  @Override
  public boolean command(String json) {
    if (commands >= limits.commands() || json.length() > MAX_COMMAND_TEXT - commandText) {
      return false;
    }
    commands++;
    commandText += json.length();
    append(FrameKind.COMMAND, frame -> frame.text(json));
    return true;
  }

  @Override
  public @Nullable String cache(
      String operation, String key, @Nullable String value, @Nullable String optionsJson) {
    send(
        FrameKind.CACHE,
        frame -> frame.text(operation).text(cut(key)).text(cut(value)).text(cut(optionsJson)));
    Frame answer = awaitAnswer(FrameKind.CACHE_ANSWER);
    try {
      return answer == null ? null : answer.optionalText();
    } catch (FrameException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public int fetch(String headJson, byte @Nullable [] body) {
    int call = ++lastCall;
    boolean tooMany = calls.size() >= MAX_CALLS;
    calls.add(call);
    if (tooMany) {
      arrived.add(Completion.refused(call, "too many requests at a time"));
      return call;
    }
    if (headJson.length() > MAX_HEAD || (body != null && body.length > MAX_BODY)) {
      arrived.add(Completion.refused(call, "the request is too large"));
      return call;
    }
    send(FrameKind.FETCH, frame -> frame.number(call).text(headJson).bytes(body));
    return call;
  }

  @Override
  public void cancel(int call) {
    if (calls.remove(call)) {
      append(FrameKind.CANCEL, frame -> frame.number(call));
    }
  }

  @Override
  public int timer(double delayMs) {
    return timers.start(timerNanos(), delayMs);
  }

  @Override
  public void clearTimer(int id) {
    timers.clear(id);
  }

  @Override
  public void settled(boolean ok, @Nullable String errorJson) {
    if (outcome == null) {
      outcome = LaneRun.Outcome.settled(ok, errorJson);
    }
  }

  // The engine tells of a rejection that nobody handles only after the turn in which the handler
  // may
  // have settled; as in Node, it still fails the run.
  @Override
  public void unhandled(String errorJson) {
    boolean undecided =
        outcome == null || (!outcomeTaken && outcome.ending() == RunEnding.RETURNED);
    if (undecided) {
      outcome = LaneRun.Outcome.settled(false, errorJson);
    } else {
      print("warn", "A promise was rejected after the action had finished: " + errorJson);
    }
  }

  private void append(FrameKind kind, FrameWriter.Fields fields) {
    lane.out().append(kind, lane.index(), run, fields);
  }

  private void send(FrameKind kind, FrameWriter.Fields fields) {
    try {
      lane.out().send(kind, lane.index(), run, fields);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static @Nullable String cut(@Nullable String text) {
    return text == null || text.length() <= MAX_CACHE_TEXT
        ? text
        : text.substring(0, MAX_CACHE_TEXT);
  }
}
