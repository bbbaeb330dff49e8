package dev.cambio.model.action;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonSetter;
import com.fasterxml.jackson.annotation.Nulls;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What one run did: the runtime reports, the gateway decides.
 *
 * @param ending how it ended
 * @param commands every {@code api} call that asks for something, in call order; also those made
 *     before a throw
 * @param error what was thrown, present unless the ending is {@link ActionEnding#RETURNED}
 * @param console console lines, oldest first
 * @param timings what it cost in time
 * @param usage what else it used
 * @param trial what else a trial reports; absent for a run that served
 */
public record ActionResult(
    ActionEnding ending,
    List<ActionCommand> commands,
    @JsonSetter(nulls = Nulls.SET) @Nullable ActionError error,
    List<ConsoleLine> console,
    Timings timings,
    Usage usage,
    @JsonInclude(JsonInclude.Include.NON_NULL) @JsonSetter(nulls = Nulls.SET)
        @Nullable TrialTrace trial) {

  public ActionResult {
    commands = List.copyOf(commands);
    console = List.copyOf(console);
  }

  /** The result of a run that served, of which it is not known what it used. */
  public ActionResult(
      ActionEnding ending,
      List<ActionCommand> commands,
      @Nullable ActionError error,
      List<ConsoleLine> console,
      Timings timings) {
    this(ending, commands, error, console, timings, Usage.NONE, null);
  }

  /** The result with what a trial reports. */
  public ActionResult with(TrialTrace trace) {
    return new ActionResult(ending, commands, error, console, timings, usage, trace);
  }

  /** The result with another word for how the run ended. */
  public ActionResult as(ActionEnding other) {
    return new ActionResult(other, commands, error, console, timings, usage, trial);
  }

  /** A run that was never started. */
  public static ActionResult notStarted(ActionEnding ending, String reason) {
    return of(ending, reason);
  }

  /** A run of which nothing is known but how it ended. */
  public static ActionResult of(ActionEnding ending, String reason) {
    return new ActionResult(
        ending, List.of(), ActionError.of("Error", reason), List.of(), Timings.NONE);
  }

  /**
   * Cost of a run, in microseconds.
   *
   * @param queued waiting for a slot
   * @param ran from entering the guest to its result
   * @param cpu CPU time of the guest thread
   */
  public record Timings(long queued, long ran, long cpu) {
    public static final Timings NONE = new Timings(0, 0, 0);
  }

  /**
   * What a run used. Allocation and host calls are as its process tells them, and 0 if that ended
   * with the run.
   *
   * @param allocatedBytes memory allocated in all, garbage included
   * @param consoleBytes console output in UTF-8, what was dropped included as far as it arrived
   * @param commands {@code api} calls that asked for something, cache writes included
   * @param hostCalls calls of any kind that left JavaScript
   */
  public record Usage(long allocatedBytes, long consoleBytes, int commands, int hostCalls) {
    public static final Usage NONE = new Usage(0, 0, 0, 0);
  }
}
