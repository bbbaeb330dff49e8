package dev.cambio.gateway.trial;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.cambio.model.action.ActionCommand;
import dev.cambio.model.action.ActionError;
import dev.cambio.model.action.ActionResult;
import dev.cambio.model.action.ConsoleLine;
import dev.cambio.model.action.RecordedFetch;
import dev.cambio.model.action.TrialTrace;
import dev.cambio.model.bus.Json;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** What a trial came to, for people and for machines; secrets and tokens masked. */
public final class TrialReport {
  private final TriedAction action;
  private final ActionResult result;
  private final TrialTrace trace;
  private final TrialDecision decision;
  private final TrialMask mask;

  private TrialReport(
      TriedAction action,
      ActionResult result,
      TrialTrace trace,
      TrialDecision decision,
      TrialMask mask) {
    this.action = action;
    this.result = result;
    this.trace = trace;
    this.decision = decision;
    this.mask = mask;
  }

  public static TrialReport of(TriedAction action, TrialEvent event, ActionResult result) {
    TrialTrace trace = result.trial();
    return new TrialReport(
        action,
        result,
        trace == null ? new TrialTrace(0, List.of(), List.of()) : trace,
        TrialDecision.of(action, event, result),
        TrialMask.of(action, event));
  }

  public TrialDecision.Outcome outcome() {
    return decision.outcome();
  }

  /** The answers to the requests, if the trial was to record them. */
  public List<RecordedFetch> recorded() {
    return trace.recorded();
  }

  /** Contract actions-runtime §12; what is beside commands, logs, error and stats is our own. */
  public ObjectNode json() {
    ObjectNode json = JsonNodeFactory.instance.objectNode();
    json.set("commands", commands());
    ArrayNode logs = json.putArray("logs");
    for (ConsoleLine line : result.console()) {
      logs.addObject().put("level", line.level()).put("text", line.text()).put("ts", line.at());
    }
    ActionError error = result.error();
    if (error != null) {
      json.putObject("error").put("name", error.name()).put("message", error.message());
    }
    json.put("ending", result.ending().name().toLowerCase(Locale.ROOT));
    json.set("egress", Json.tree(trace.egress()));
    json.set("decision", mask.mask(decision.json()));
    json.putObject("stats")
        .put("duration_ms", result.timings().ran() / 1000)
        .put("load_ms", millis(trace.load()))
        .put("run_ms", millis(result.timings().ran()))
        .put("cpu_ms", millis(result.timings().cpu()));
    if (!recorded().isEmpty()) {
      json.set("recording", Json.tree(recorded()));
    }
    return json;
  }

  private ArrayNode commands() {
    ArrayNode commands = JsonNodeFactory.instance.arrayNode();
    for (ActionCommand command : result.commands()) {
      commands.add(mask.mask(Json.tree(command)));
    }
    return commands;
  }

  private static double millis(long micros) {
    return micros / 1000.0;
  }

  /** Lines for a terminal. */
  public String text() {
    StringBuilder text = new StringBuilder();
    text.append(action.name()).append(" (").append(action.trigger().id()).append(")\n");
    section(text, "Commands", commandLines());
    section(text, "Console", result.console().stream().map(TrialReport::consoleLine).toList());
    section(text, "Egress", trace.egress().stream().map(TrialReport::egressLine).toList());
    section(text, "Durations", List.of(durations()));
    ActionError error = result.error();
    if (error != null) {
      section(text, "Error", errorLines(error));
    }
    section(text, "Decision", List.of(decisionLine()));
    return text.toString();
  }

  private static void section(StringBuilder text, String title, List<String> lines) {
    text.append('\n').append(title).append('\n');
    if (lines.isEmpty()) {
      text.append("  none\n");
    }
    for (String line : lines) {
      text.append("  ").append(printable(line)).append('\n');
    }
  }

  /** What an Action prints must not steer the terminal. */
  private static String printable(String line) {
    StringBuilder shown = new StringBuilder();
    line.codePoints()
        .forEach(
            c -> {
              if (c == '\n') {
                shown.append("\n    ");
              } else if (Character.isISOControl(c) && c != '\t') {
                shown.append('\uFFFD');
              } else {
                shown.appendCodePoint(c);
              }
            });
    return shown.toString();
  }

  private List<String> commandLines() {
    List<String> lines = new ArrayList<>();
    for (JsonNode command : commands()) {
      ObjectNode arguments = command.deepCopy();
      String type = arguments.remove("type").asText();
      lines.add("api." + type + (arguments.isEmpty() ? "" : " " + Json.write(arguments)));
    }
    return lines;
  }

  private static String consoleLine(ConsoleLine line) {
    return "%-5s %s".formatted(line.level(), line.text());
  }

  private static String egressLine(TrialTrace.Egress each) {
    String error = each.error();
    return error == null
        ? "%s %s: %d, %d bytes, %d ms"
            .formatted(each.method(), each.url(), each.status(), each.bytes(), each.millis())
        : "%s %s: %s".formatted(each.method(), each.url(), error);
  }

  private String durations() {
    return String.format(
        Locale.ROOT,
        "load %.1f ms, run %.1f ms, CPU %.1f ms",
        millis(trace.load()),
        millis(result.timings().ran()),
        millis(result.timings().cpu()));
  }

  private static List<String> errorLines(ActionError error) {
    String stack = error.stack();
    return List.of(
        stack == null || stack.isBlank() ? error.name() + ": " + error.message() : stack);
  }

  private String decisionLine() {
    ObjectNode shown = ((ObjectNode) mask.mask(decision.json())).deepCopy();
    shown.remove("outcome");
    return switch (decision.outcome()) {
      case ACCEPT -> "goes on: " + Json.write(shown);
      case DENY -> "refused by the Action: " + refusal(shown);
      case FAIL -> "fails: " + refusal(shown);
    };
  }

  private static String refusal(ObjectNode decision) {
    String detail = decision.path("detail").asText("");
    return "%d %s: %s%s%s"
        .formatted(
            decision.path("status").asInt(),
            decision.path("error").asText(),
            decision.path("error_description").asText(),
            detail.isEmpty() ? "" : " (" + detail + ")",
            decision.path("rejects_subject_token").asBoolean()
                ? "; counts as an attempt of the caller's address"
                : "");
  }
}
