package dev.cambio.gateway.action;

import dev.cambio.model.action.ActionEnding;
import dev.cambio.model.action.ActionInvocation;
import dev.cambio.model.action.ActionResult;
import java.time.Duration;
import java.util.function.Function;

/**
 * Where Actions are checked and tried before they serve.
 *
 * @param syntax says whether code can be parsed
 * @param trial runs a draft
 * @param budget wall-clock time of a trial
 */
public record ActionWorkbench(
    ActionSyntax syntax, Function<ActionInvocation, ActionResult> trial, Duration budget) {

  /** For places that no actions node can be reached from: code stays unchecked. */
  public static final ActionWorkbench UNREACHABLE =
      new ActionWorkbench(
          ActionSyntax.UNCHECKED,
          invocation ->
              ActionResult.notStarted(ActionEnding.UNAVAILABLE, "no actions node is reachable"),
          Duration.ZERO);

  /**
   * The workbench of actions nodes.
   *
   * @param budget wall-clock time of a trial
   */
  public static ActionWorkbench of(ActionClient client, Duration budget) {
    return new ActionWorkbench(new SyntaxCheck(client)::problem, client::run, budget);
  }
}
