package dev.cambio.runtime.process;

import dev.cambio.runtime.frame.Frame;
import dev.cambio.runtime.frame.FrameException;
import dev.cambio.runtime.frame.FrameKind;
import dev.cambio.runtime.frame.FrameWriter;
import dev.cambio.runtime.process.RunMailbox.Mail;
import java.io.IOException;
import java.util.Optional;
import java.util.function.IntFunction;
import org.jspecify.annotations.Nullable;

/** The conversation with a guest process about one run. Confined to the thread that runs it. */
final class GuestRun {
  private final int lane;
  private final int id;
  private final RunMailbox mailbox;
  private final FrameWriter out;
  private final GuestServices services;
  private boolean mayHaveStarted;

  GuestRun(int lane, int id, RunMailbox mailbox, FrameWriter out, GuestServices services) {
    this.lane = lane;
    this.id = id;
    this.mailbox = mailbox;
    this.out = out;
    this.services = services;
  }

  /**
   * Sends the run and serves it until its result.
   *
   * @param whenGone what to report if the process ends
   * @return empty if the process ended before guest code can have started
   */
  Optional<RunReport> run(GuestCall call, IntFunction<RunReport> whenGone)
      throws FrameException, InterruptedException {
    if (!sent(call)) {
      return Optional.empty();
    }
    mayHaveStarted = true;
    while (true) {
      switch (mailbox.take()) {
        case Mail.Said said -> {
          RunReport report = serve(said.frame());
          if (report != null) {
            return Optional.of(report);
          }
        }
        case Mail.Fetched done -> {
          services.fetched(done.call());
          answer(
              FrameKind.FETCHED,
              frame ->
                  frame.number(done.call()).flag(done.ok()).text(done.head()).bytes(done.body()));
        }
        case Mail.Gone _ -> {
          return mayHaveStarted ? Optional.of(whenGone.apply(id)) : Optional.empty();
        }
      }
    }
  }

  private boolean sent(GuestCall call) {
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
                  .flag(call.trial() != null)
                  .text(number(call.trial() == null ? null : call.trial().clock()))
                  .text(number(call.trial() == null ? null : call.trial().seed())));
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
      case PRINT -> services.print(frame.text(), frame.text(), frame.bigNumber());
      case COMMAND -> services.command(frame.text());
      case CACHE -> {
        String result =
            services.cache(frame.text(), frame.text(), frame.optionalText(), frame.optionalText());
        answer(FrameKind.CACHE_ANSWER, answer -> answer.text(result));
      }
      case FETCH -> {
        int call = frame.number();
        services.fetch(
            call,
            frame.text(),
            frame.optionalBytes(),
            (ok, head, body) -> mailbox.add(new Mail.Fetched(call, ok, head, body)));
      }
      case CANCEL -> services.cancel(frame.number());
      case CODE_WANTED -> {
        mayHaveStarted = false;
        String source = services.source();
        mayHaveStarted = source != null;
        answer(FrameKind.CODE, answer -> answer.text(source));
      }
      case RESULT -> {
        return RunReport.of(frame);
      }
      case CONFIGURE, RUN, CODE, CACHE_ANSWER, FETCHED, READY, STUCK, TAMPERED, DRAIN ->
          throw new FrameException("a guest must not send " + frame.kind());
    }
    return null;
  }

  // A process that cannot be written to has gone, and the mailbox will say so.
  private void answer(FrameKind kind, FrameWriter.Fields fields) {
    try {
      out.send(kind, lane, id, fields);
    } catch (IOException _) {
      mayHaveStarted = true;
    }
  }
}
