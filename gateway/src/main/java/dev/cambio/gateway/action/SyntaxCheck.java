package dev.cambio.gateway.action;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import dev.cambio.model.action.ActionCommand;
import dev.cambio.model.action.ActionEnding;
import dev.cambio.model.action.ActionInvocation;
import dev.cambio.model.action.ActionResult;
import dev.cambio.model.action.ActionVersion;
import dev.cambio.model.action.Trigger;
import dev.cambio.model.bus.Json;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Has an Action's code parsed where it would run, without running it: the check is itself an
 * Action, built in, that makes a function of the code and never calls it.
 */
public final class SyntaxCheck {
  private static final Logger LOG = LoggerFactory.getLogger(SyntaxCheck.class);
  private static final String SOURCE = source();
  private static final String HASH = ActionVersion.hashOf(SOURCE);
  private static final ActionVersion VERSION =
      new ActionVersion("syntax-check", "syntax-check", "syntax-check", HASH);
  private static final long TIMEOUT_MS = 10_000;

  private final ActionClient client;

  public SyntaxCheck(ActionClient client) {
    this.client = client;
  }

  /**
   * What is wrong with the source, in one line; empty if nothing is, or if no actions node is there
   * to ask: then a broken Action fails its first run instead.
   *
   * @param tenant whose run it is, among those that wait for a slot
   */
  public Optional<String> problem(String tenant, String source) {
    String event = Json.write(JsonNodeFactory.instance.objectNode().put("source", source));
    ActionResult result =
        client.run(
            new ActionInvocation(
                "syntax-check",
                tenant,
                Trigger.POST_LOGIN,
                VERSION,
                event,
                Map.of(),
                List.of(),
                TIMEOUT_MS));
    if (result.ending() != ActionEnding.RETURNED) {
      LOG.warn("The code of an Action was not checked: {}", result.error());
    }
    return result.commands().stream()
        .filter(ActionCommand.Deny.class::isInstance)
        .map(command -> ((ActionCommand.Deny) command).reason())
        .findFirst();
  }

  /** The check's own code, if that is what the hash stands for. */
  static Optional<String> code(String contentHash) {
    return contentHash.equals(HASH) ? Optional.of(SOURCE) : Optional.empty();
  }

  private static String source() {
    try (InputStream file = SyntaxCheck.class.getResourceAsStream("syntax-check.js")) {
      return new String(Objects.requireNonNull(file).readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new IllegalStateException("syntax-check.js is not readable", e);
    }
  }
}
