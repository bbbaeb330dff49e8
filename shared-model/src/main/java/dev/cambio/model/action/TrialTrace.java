package dev.cambio.model.action;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonSetter;
import com.fasterxml.jackson.annotation.Nulls;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a trial reports besides the result.
 *
 * @param load microseconds until the handler was called: context, prelude and the top level of the
 *     code
 * @param egress the requests in the order in which they were made
 * @param recorded their answers, if the trial was to record
 */
public record TrialTrace(long load, List<Egress> egress, List<RecordedFetch> recorded) {

  public TrialTrace {
    egress = List.copyOf(egress);
    recorded = List.copyOf(recorded);
  }

  /**
   * One request that the Action made.
   *
   * @param url without credentials; secrets of the run are masked in it
   * @param status of the answer; absent if there is none
   * @param bytes of the answer's body
   * @param millis from the call to the answer
   * @param error why there is no answer
   */
  @JsonInclude(JsonInclude.Include.NON_NULL)
  public record Egress(
      String method,
      String url,
      @JsonSetter(nulls = Nulls.SET) @Nullable Integer status,
      long bytes,
      long millis,
      @JsonSetter(nulls = Nulls.SET) @Nullable String error) {}
}
