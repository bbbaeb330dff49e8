package dev.cambio.gateway.action;

import dev.cambio.model.action.ActionEnding;
import dev.cambio.model.action.ActionInvocation;
import dev.cambio.model.action.ActionResult;
import java.time.Duration;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;

/**
 * Where Actions are checked and tried before they serve.
 *
 * @param syntax says whether code can be parsed
 * @param trial runs a draft
 * @param budget wall-clock time of a trial
 * @param packages npm packages that the runtime brings, and so all that Actions may declare
 */
public record ActionWorkbench(
    ActionSyntax syntax,
    Function<ActionInvocation, ActionResult> trial,
    Duration budget,
    Set<String> packages) {

  /** Contract actions-runtime §2.5. */
  public static final Set<String> PACKAGES =
      Set.of("auth0", "axios", "jose", "jsonwebtoken", "jwks-rsa", "lodash", "uuid");

  /** For places that no actions node can be reached from: code stays unchecked. */
  public static final ActionWorkbench UNREACHABLE =
      new ActionWorkbench(
          ActionSyntax.UNCHECKED,
          invocation ->
              ActionResult.notStarted(ActionEnding.OVERLOADED, "no actions node is reachable"),
          Duration.ZERO,
          PACKAGES);

  public ActionWorkbench {
    packages = Set.copyOf(packages);
  }

  /**
   * The workbench of actions nodes.
   *
   * @param budget wall-clock time of a trial
   */
  public static ActionWorkbench of(ActionClient client, Duration budget) {
    return new ActionWorkbench(new SyntaxCheck(client)::problem, client::run, budget, PACKAGES);
  }

  /** The packages in order, for messages. */
  public String packageNames() {
    return String.join(", ", new TreeSet<>(packages));
  }
}
