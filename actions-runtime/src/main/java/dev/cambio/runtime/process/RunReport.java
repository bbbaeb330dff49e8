package dev.cambio.runtime.process;

import dev.cambio.model.action.ActionEnding;
import dev.cambio.runtime.frame.Frame;
import dev.cambio.runtime.frame.FrameException;
import dev.cambio.runtime.frame.RunEnding;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * How a run ended.
 *
 * @param cpuMicros CPU time of the guest's thread, as far as known
 * @param allocatedBytes what the guest's thread allocated, as far as known
 * @param hostCalls how often the code left JavaScript, as far as known
 * @param errorJson the error as the guest's JavaScript describes it
 * @param name name of the error, where there is no JSON
 * @param loadMicros time until the handler was called
 */
public record RunReport(
    ActionEnding ending,
    long cpuMicros,
    long allocatedBytes,
    int hostCalls,
    @Nullable String errorJson,
    String name,
    String message,
    @Nullable String stack,
    long loadMicros) {

  static RunReport of(ActionEnding ending, String message) {
    return new RunReport(ending, 0, 0, 0, null, "Error", message, null, 0);
  }

  /** The run was given up, and its process with it. */
  static RunReport overdue() {
    return of(
        ActionEnding.TIMED_OUT,
        "The action did not end within its time (actions.timeout-ms, actions.kill-grace-ms)");
  }

  static RunReport of(Frame result) throws FrameException {
    RunEnding ending = RunEnding.of(result.number());
    return new RunReport(
        switch (ending) {
          case RETURNED -> ActionEnding.RETURNED;
          case THREW -> ActionEnding.THREW;
          case TIMED_OUT -> ActionEnding.TIMED_OUT;
          case OUT_OF_MEMORY -> ActionEnding.OUT_OF_MEMORY;
          case LIMIT_EXCEEDED -> ActionEnding.LIMIT_EXCEEDED;
          case CODE_UNAVAILABLE -> ActionEnding.CODE_UNAVAILABLE;
        },
        result.bigNumber(),
        result.bigNumber(),
        result.number(),
        result.optionalText(),
        Objects.requireNonNullElse(result.optionalText(), "Error"),
        Objects.requireNonNullElse(result.optionalText(), ""),
        result.optionalText(),
        result.bigNumber());
  }
}
