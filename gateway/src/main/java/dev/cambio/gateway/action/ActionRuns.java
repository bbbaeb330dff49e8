package dev.cambio.gateway.action;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.cambio.gateway.log.Execution;
import dev.cambio.model.action.ActionEnding;
import dev.cambio.model.action.ActionError;
import dev.cambio.model.action.ActionResult;
import java.time.Duration;
import java.time.Instant;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeFormatterBuilder;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The Action runs of one request: an execution per trigger, and {@code actions_execution_failed} of
 * those that failed (contract actions-runtime §4.3, token-endpoint §10.4). Used by one thread.
 */
public final class ActionRuns {
  /** What is said of a run that was refused. */
  static final String PAUSED = "The Action has kept breaking its budget and is paused";

  private static final int MAX_MESSAGE = 1024;

  /** Shorter ones would mask ordinary words. */
  private static final int MIN_SECRET = 8;

  private static final DateTimeFormatter MILLISECONDS =
      new DateTimeFormatterBuilder().appendInstant(3).toFormatter();

  private final ActionHome home = new ActionHome();
  private final List<ObjectNode> failures = new ArrayList<>();
  private final Set<String> secrets = new HashSet<>();
  private final Map<UUID, Execution> executions = new LinkedHashMap<>();

  /** Where the Actions of the request run. */
  ActionHome home() {
    return home;
  }

  /** Notes a run, and its failure if it failed. */
  void record(
      TriggerRun run, BoundAction bound, ActionResult result, Instant startedAt, Instant endedAt) {
    secrets.addAll(bound.action().secrets().values());
    ActionError error = result.ending() == ActionEnding.RETURNED ? null : result.error();
    executions.merge(
        run.executionId(),
        new Execution(
            run.executionId(),
            run.trigger().id(),
            results(bound, result.ending(), error, startedAt, endedAt),
            startedAt,
            endedAt),
        ActionRuns::joined);
    // That the Action is paused was logged when it was.
    if (error != null && result.ending() != ActionEnding.REFUSED) {
      failures.add(failure(run, bound, result.ending(), error));
    }
  }

  /** Notes that an Action is not run for a while: it has broken its budget too often. */
  void paused(TriggerRun run, BoundAction bound, Duration pause) {
    String message = PAUSED + " for " + pause.toMillis() + " ms";
    failures.add(
        failure(run, bound, ActionEnding.REFUSED, ActionError.of("ActionPaused", message)));
  }

  private static ArrayNode results(
      BoundAction bound,
      ActionEnding ending,
      @Nullable ActionError error,
      Instant startedAt,
      Instant endedAt) {
    ArrayNode results = JsonNodeFactory.instance.arrayNode();
    ObjectNode entry =
        results.addObject().put("action_name", bound.action().version().actionName());
    if (error != null) {
      String message = error.message();
      entry
          .putObject("error")
          .put("id", errorClass(ending))
          .put("msg", message.substring(0, Math.min(MAX_MESSAGE, message.length())))
          .put("url", "");
    }
    entry
        .put("started_at", MILLISECONDS.format(startedAt))
        .put("ended_at", MILLISECONDS.format(endedAt));
    return results;
  }

  private static Execution joined(Execution earlier, Execution later) {
    return new Execution(
        earlier.id(),
        earlier.triggerId(),
        earlier.results().addAll(later.results()),
        earlier.startedAt(),
        later.endedAt());
  }

  private static ObjectNode failure(
      TriggerRun run, BoundAction bound, ActionEnding ending, ActionError error) {
    ObjectNode entry =
        JsonNodeFactory.instance
            .objectNode()
            .put("trigger_id", run.trigger().id())
            .put("execution_id", run.executionId().toString())
            .put("action_id", bound.action().version().actionId())
            .put("action_name", bound.action().version().actionName())
            .put("version_id", bound.action().version().versionId())
            .put("binding_id", bound.bindingId())
            .put("error_class", errorClass(ending));
    entry
        .putObject("action_error")
        .put("name", error.name())
        .put("message", error.message())
        .put("code", error.code())
        .put("stack", error.stack());
    return entry;
  }

  private static String errorClass(ActionEnding ending) {
    return switch (ending) {
      case TIMED_OUT -> "action_timeout";
      case OVERLOADED, REFUSED -> "rate_limited";
      case LOST, STARVED, UNAVAILABLE, CODE_UNAVAILABLE -> "platform_error";
      case RETURNED, THREW, OUT_OF_MEMORY, LIMIT_EXCEEDED, CRASHED -> "action_error";
    };
  }

  /** The {@code details} of each failure, in order. */
  public List<ObjectNode> failures() {
    return failures;
  }

  /**
   * A text for the log: an Action may repeat a secret or a token in what it refuses with, and the
   * log must not.
   *
   * @param withheld what must not stand in it beside the secrets of the Actions that ran
   */
  public String masked(String text, List<String> withheld) {
    List<String> values =
        Stream.concat(withheld.stream(), secrets.stream())
            .filter(value -> value.length() >= MIN_SECRET)
            .sorted(Comparator.comparingInt(String::length).reversed())
            .toList();
    String masked = text;
    for (String value : values) {
      masked = masked.replace(value, "[redacted]");
    }
    return masked;
  }

  /** All trigger runs of the request, in order. */
  public List<Execution> executions() {
    return List.copyOf(executions.values());
  }
}
