package dev.cambio.runtime.host;

import dev.cambio.model.action.ActionTrial;
import dev.cambio.model.action.ActionTrial.Fetching;
import dev.cambio.runtime.process.GuestServices;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The requests of one run: keeps them within the limits, and takes the answers of a trial from
 * where it wants them. Confined to the thread that runs it.
 */
final class RunEgress {
  private final ActionFetch fetch;
  private final EgressBudget budget;
  private final Map<Integer, FetchCall> open = new HashMap<>();
  private final @Nullable FetchRecording recording;
  private final @Nullable TrialLog log;

  RunEgress(ActionFetch fetch, String tenant, @Nullable ActionTrial trial, ConsoleMask mask) {
    this.fetch = fetch;
    this.budget = new EgressBudget(tenant, fetch.limits());
    this.recording =
        trial == null || trial.fetch() == Fetching.LIVE
            ? null
            : new FetchRecording(
                trial.fetch() == Fetching.NONE ? List.of() : trial.recording(), mask);
    this.log = trial == null ? null : new TrialLog(trial, mask);
  }

  /** What a trial has noted; absent for a run that serves. */
  @Nullable TrialLog log() {
    return log;
  }

  /**
   * Starts a request.
   *
   * @param left of the run's time
   */
  void start(
      int call,
      String headJson,
      byte @Nullable [] body,
      Duration left,
      GuestServices.Completion completion) {
    FetchRequest request;
    try {
      request = checked(headJson, body);
    } catch (FetchFailure e) {
      if (log != null) {
        log.refused(e);
      }
      FetchOutcome.Failed.of(e).tell(completion);
      return;
    }
    Consumer<FetchOutcome> tell = outcome -> outcome.tell(completion);
    Consumer<FetchOutcome> outcome = log == null ? tell : log.begin(request, tell);
    if (recording != null) {
      outcome.accept(recording.answer(request));
    } else {
      open.put(call, fetch.start(request, time(left), budget, outcome));
    }
  }

  private FetchRequest checked(String headJson, byte @Nullable [] body) throws FetchFailure {
    EgressLimits limits = budget.limits();
    if (open.size() >= limits.concurrent()) {
      throw FetchFailure.limit("more than " + limits.concurrent() + " requests at a time");
    }
    if (body != null && body.length > limits.requestBytes()) {
      throw FetchFailure.limit(
          "the request body is larger than " + limits.requestBytes() + " bytes");
    }
    FetchRequest request = FetchRequest.parse(headJson, body);
    if (recording != null) {
      budget.takeRequest();
    }
    return request;
  }

  private Duration time(Duration left) {
    Duration most = budget.limits().timeout();
    return left.compareTo(most) < 0 ? left : most;
  }

  /** A request has completed, and the guest hears of it. */
  void fetched(int call) {
    FetchCall done = open.remove(call);
    if (done != null) {
      done.release();
    }
  }

  void cancel(int call) {
    FetchCall cancelled = open.remove(call);
    if (cancelled != null) {
      cancelled.cancel();
    }
  }

  /** Drops what is still open. */
  void close() {
    open.values().forEach(FetchCall::cancel);
    open.clear();
  }
}
