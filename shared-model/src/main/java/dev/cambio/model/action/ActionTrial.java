package dev.cambio.model.action;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonSetter;
import com.fasterxml.jackson.annotation.Nulls;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a trial makes of the world around an Action, so that it can be repeated (contract
 * actions-runtime §12). A run with a trial has a context and a cache of its own.
 *
 * @param clock milliseconds since the epoch at which the run begins, and where its clock stands but
 *     for the timers that it waits for; absent for the real time
 * @param seed of {@code Math.random} and of random bytes; absent for real randomness
 * @param fetch where answers to {@code fetch} come from
 * @param record whether the answers are to be reported whole
 * @param recording the answers, where {@code fetch} is recorded
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record ActionTrial(
    @JsonSetter(nulls = Nulls.SET) @Nullable Long clock,
    @JsonSetter(nulls = Nulls.SET) @Nullable Long seed,
    Fetching fetch,
    boolean record,
    List<RecordedFetch> recording) {

  /** A trial in the real world. */
  public static final ActionTrial LIVE =
      new ActionTrial(null, null, Fetching.LIVE, false, List.of());

  /** Where answers to {@code fetch} come from. */
  public enum Fetching {
    /** The network, as the egress policy allows. */
    LIVE,
    /** A recording; what is not in it fails. */
    RECORDED,
    /** Nowhere: every request fails. */
    NONE
  }

  public ActionTrial {
    recording = List.copyOf(recording);
  }

  /** Recorded answers stay out. */
  @Override
  public String toString() {
    return "ActionTrial[" + fetch + "]";
  }
}
