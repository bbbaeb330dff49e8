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
  private final int lane;
  private final int id;
  private final RunMailbox mailbox = new RunMailbox();
  private final FrameWriter out;
  private final GuestServices services;
  private volatile boolean mayHaveHadEffects;
  private int lastRequest;

  GuestRun(int lane, int id, FrameWriter out, GuestServices services) {
    this.lane = lane;
    this.id = id;
    this.out = out;
    this.services = services;
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
    if (!sent(call)) {
      return new Attempt.NotBegun();
    }
    while (true) {
      switch (mailbox.take()) {
        case Mail.Said said -> {
          RunReport report = serve(said.frame());
          if (report != null) {
            return new Attempt.Ended(report);
          }
        }
        case Mail.Fetched done -> {
          services.fetched(done.call());
          answer(
              FrameKind.FETCHED,
              frame ->
                  frame.number(done.call()).flag(done.ok()).text(done.head()).bytes(done.body()));
        }
        case Mail.Overdue(RunReport report) -> {
          return new Attempt.Ended(report);
        }
        case Mail.Gone _ -> {
          return whenGone.of(this);
        }
      }
    }
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

  private @Nullable RunReport serve(Frame frame) throws FrameException {
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
        return RunReport.of(frame);
      }
      case CONFIGURE,
          RUN,
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
