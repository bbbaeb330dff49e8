package dev.cambio.runtime.process;

import dev.cambio.model.action.ActionTrial;
import dev.cambio.runtime.frame.Frame;
import dev.cambio.runtime.frame.FrameException;
import dev.cambio.runtime.frame.FrameKind;
import dev.cambio.runtime.frame.FrameWriter;
import dev.cambio.runtime.process.RunMailbox.Mail;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** The conversation with a guest process about one run. Confined to the thread that runs it. */
final class GuestRun {
  private int lane;
  private final int id;
  private final RunMailbox mailbox = new RunMailbox();
  private final FrameWriter out;
  private final GuestServices services;
  private final GuestProcess.RunListener listener;
  private long deadline;
  private int delivered;
  private volatile boolean mayHaveHadEffects;
  private int lastRequest;

  GuestRun(
      int lane,
      int id,
      FrameWriter out,
      GuestServices services,
      GuestProcess.RunListener listener) {
    this.lane = lane;
    this.id = id;
    this.out = out;
    this.services = services;
    this.listener = listener;
  }

  /** What becomes of a run when its process ends. */
  @FunctionalInterface
  interface WhenGone {
    Attempt of(GuestRun run);
  }

  int id() {
    return id;
  }

  /** Whether the run has asked for something that is not undone by forgetting the run. */
  boolean mayHaveHadEffects() {
    return mayHaveHadEffects;
  }

  void tell(Mail mail) {
    mailbox.add(mail);
  }

  /** Takes a frame in; false if more waits than an honest guest can cause. */
  boolean offer(Frame frame) {
    return mailbox.offer(frame);
  }

  /** Sends the run and serves it until its result. */
  Attempt run(GuestCall call, WhenGone whenGone) throws FrameException, InterruptedException {
    deadline = System.nanoTime() + call.budget().toNanos();
    if (!sent(call)) {
      return new Attempt.NotBegun();
    }
    while (true) {
      Attempt over =
          switch (mailbox.take()) {
            case Mail.Said(Frame frame) ->
                frame.kind() == FrameKind.WAITS ? park(frame, whenGone) : serve(frame);
            case Mail.Fetched done -> {
              deliver(done);
              yield null;
            }
            case Mail.Overdue(RunReport report) -> new Attempt.Ended(report);
            case Mail.Gone _ -> whenGone.of(this);
          };
      if (over != null) {
        return over;
      }
    }
  }

  private void deliver(Mail.Fetched done) {
    services.fetched(done.call());
    delivered++;
    answer(
        FrameKind.FETCHED,
        frame -> frame.number(done.call()).flag(done.ok()).text(done.head()).bytes(done.body()));
  }

  /** Waits for what the run waits for, and has it go on then. */
  private @Nullable Attempt park(Frame frame, WhenGone whenGone)
      throws FrameException, InterruptedException {
    long toTimer = frame.bigNumber();
    int taken = frame.number();
    RunReport late = RunReport.of(frame);
    long now = System.nanoTime();
    long wakeAt = toTimer < 0 ? deadline : now + Math.min(toTimer, deadline - now);
    Mail.Fetched first = null;
    // What crossed with this frame is there for the run to take.
    if (taken == delivered) {
      listener.waits(late.allocatedBytes());
      switch (mailbox.poll(wakeAt - now)) {
        case null -> {}
        case Mail.Fetched done -> first = done;
        case Mail.Said(Frame said) -> requireWake(said);
        case Mail.Overdue(RunReport report) -> {
          return dropped(report);
        }
        case Mail.Gone _ -> {
          return whenGone.of(this);
        }
      }
    }
    return System.nanoTime() - deadline >= 0 ? dropped(late) : goOn(first, late);
  }

  private static void requireWake(Frame frame) throws FrameException {
    if (frame.kind() != FrameKind.WAKE) {
      throw new FrameException("a run that waits must not send " + frame.kind());
    }
  }

  private @Nullable Attempt goOn(Mail.@Nullable Fetched first, RunReport late)
      throws InterruptedException {
    int next = listener.goesOn(deadline);
    if (next < 0) {
      // If its time is not up its process has gone, and the mailbox says so.
      return System.nanoTime() - deadline >= 0 ? dropped(late) : null;
    }
    lane = next;
    answer(FrameKind.RESUME, frame -> {});
    if (first != null) {
      deliver(first);
    }
    return null;
  }

  private Attempt dropped(RunReport report) {
    answer(FrameKind.DROP, frame -> {});
    return new Attempt.Ended(report);
  }

  private boolean sent(GuestCall call) {
    ActionTrial trial = call.trial();
    try {
      out.send(
          FrameKind.RUN,
          lane,
          id,
          frame ->
              frame
                  .text(call.tenant())
                  .text(call.version())
                  .text(call.contentHash())
                  .text(call.trigger())
                  .bigNumber(call.budget().toMillis())
                  .text(call.event())
                  .text(call.secrets())
                  .flag(trial != null)
                  .text(trial == null ? null : number(trial.clock()))
                  .text(trial == null ? null : number(trial.seed())));
      return true;
    } catch (IOException e) {
      return false;
    }
  }

  private static @Nullable String number(@Nullable Long value) {
    return value == null ? null : value.toString();
  }

  private @Nullable Attempt serve(Frame frame) throws FrameException {
    switch (frame.kind()) {
      // Lines and commands count only with the result, so they can be forgotten with the run.
      case PRINT -> services.print(frame.text(), frame.text(), frame.bigNumber());
      case COMMAND -> services.command(frame.text());
      case CACHE -> {
        String operation = frame.text();
        if (!operation.equals("get")) {
          mayHaveHadEffects = true;
        }
        String result =
            services.cache(operation, frame.text(), frame.optionalText(), frame.optionalText());
        answer(FrameKind.CACHE_ANSWER, answer -> answer.text(result));
      }
      case FETCH -> {
        mayHaveHadEffects = true;
        int call = newRequest(frame.number());
        services.fetch(
            call,
            frame.text(),
            frame.optionalBytes(),
            (ok, head, body) -> mailbox.add(new Mail.Fetched(call, ok, head, body)));
      }
      case CANCEL -> services.cancel(frame.number());
      case CODE_WANTED -> {
        String source = services.source();
        answer(FrameKind.CODE, answer -> answer.text(source));
      }
      case RESULT -> {
        return new Attempt.Ended(RunReport.of(frame));
      }
      // Something else has it go on already.
      case WAKE -> {}
      case CONFIGURE,
          RUN,
          WAITS,
          RESUME,
          DROP,
          CODE,
          CACHE_ANSWER,
          FETCHED,
          READY,
          REALMS,
          STUCK,
          GREEDIEST,
          TAMPERED,
          DRAIN ->
          throw new FrameException("a guest must not send " + frame.kind() + " about a run");
    }
    return null;
  }

  // Requests under way are counted and ended by their ids, which an honest guest counts upwards.
  private int newRequest(int call) throws FrameException {
    if (call <= lastRequest) {
      throw new FrameException("request " + call + " comes again");
    }
    lastRequest = call;
    return call;
  }

  // A process that cannot be written to has gone, and the mailbox will say so.
  private void answer(FrameKind kind, FrameWriter.Fields fields) {
    try {
      out.send(kind, lane, id, fields);
    } catch (IOException _) {
      // See above.
    }
  }
}
