package dev.cambio.runtime.host;

import dev.cambio.model.action.ActionTrial;
import dev.cambio.model.action.RecordedFetch;
import dev.cambio.model.action.TrialTrace;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The requests of one trial, in the order in which they were made. Outcomes come on other threads.
 */
final class TrialLog {
  private static final String UNFINISHED = "the run ended before there was an answer";

  private final ActionTrial trial;
  private final ConsoleMask mask;

  // Guarded by this; an entry is replaced when its outcome is known.
  private final List<TrialTrace.Egress> egress = new ArrayList<>();
  private final List<@Nullable RecordedFetch> recorded = new ArrayList<>();

  TrialLog(ActionTrial trial, ConsoleMask mask) {
    this.trial = trial;
    this.mask = mask;
  }

  /** Notes a request that was refused before it was one. */
  synchronized void refused(FetchFailure failure) {
    egress.add(new TrialTrace.Egress("?", "?", null, 0, 0, failure.reason()));
    recorded.add(null);
  }

  /** Notes a request; the outcome passes through the answer. */
  synchronized Consumer<FetchOutcome> begin(FetchRequest request, Consumer<FetchOutcome> then) {
    int index = egress.size();
    String url = mask.mask(request.url().toString());
    long startedAt = System.nanoTime();
    egress.add(new TrialTrace.Egress(request.method(), url, null, 0, 0, UNFINISHED));
    recorded.add(null);
    return outcome -> {
      long millis = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - startedAt);
      end(index, request, outcome, millis);
      then.accept(outcome);
    };
  }

  private synchronized void end(
      int index, FetchRequest request, FetchOutcome outcome, long millis) {
    String url = egress.get(index).url();
    egress.set(
        index,
        switch (outcome) {
          case FetchOutcome.Answered answered ->
              new TrialTrace.Egress(
                  request.method(), url, answered.status(), answered.body().length, millis, null);
          case FetchOutcome.Failed(String code, String message) ->
              new TrialTrace.Egress(request.method(), url, null, 0, millis, mask.mask(message));
        });
    if (trial.record()) {
      recorded.set(index, FetchRecording.recorded(request, outcome, mask));
    }
  }

  synchronized TrialTrace trace(long loadMicros) {
    return new TrialTrace(loadMicros, egress, recorded.stream().filter(Objects::nonNull).toList());
  }
}
