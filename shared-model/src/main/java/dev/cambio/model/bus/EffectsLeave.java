package dev.cambio.model.bus;

/**
 * A gateway's word on whether a run may have effects: such as are not undone by forgetting the run,
 * a request to somewhere or a change of {@code api.cache}. It is asked for once, before the first
 * of them, by the node that runs the Action, in answer to an invocation that came with {@link
 * ActionBus#ASKS_LEAVE}.
 *
 * @param granted false if the gateway has given the run up, and may have had it repeated elsewhere;
 *     after a true one it never repeats it
 */
public record EffectsLeave(boolean granted) {

  /**
   * Asks for leave. The answer to the invocation itself is sent in answer to the leave.
   *
   * @param executionId of the run, for the log
   */
  public record Request(String executionId) {}
}
