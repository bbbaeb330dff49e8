package dev.cambio.gateway.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.TextNode;
import dev.cambio.gateway.OfflineTrial;
import dev.cambio.gateway.disk.GivenFile;
import dev.cambio.gateway.disk.Refusal;
import dev.cambio.gateway.files.ActionFolder;
import dev.cambio.gateway.files.TenantImportException;
import dev.cambio.gateway.packages.ActionPackages;
import dev.cambio.gateway.packages.BuildOutcome;
import dev.cambio.gateway.packages.BuildSettings;
import dev.cambio.gateway.trial.TrialDecision.Outcome;
import dev.cambio.gateway.trial.TrialEvent;
import dev.cambio.gateway.trial.TrialException;
import dev.cambio.gateway.trial.TrialOptions;
import dev.cambio.gateway.trial.TrialReport;
import dev.cambio.gateway.trial.TriedAction;
import dev.cambio.model.action.ActionProgram;
import dev.cambio.model.action.ActionTrial;
import dev.cambio.model.action.ActionTrial.Fetching;
import dev.cambio.model.action.Trigger;
import dev.cambio.model.bus.Json;
import dev.cambio.model.config.SettingsException;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.file.Path;
import java.time.Clock;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Runs an Action in a real sandbox with a given event. */
@Command(
    name = "test-action",
    description =
        "Run an Action in the sandbox with a given event, and print what it does and what the"
            + " gateway would make of it. Exit codes: 0 as expected, 1 not, 2 wrong usage.",
    mixinStandardHelpOptions = true)
final class TestActionCommand implements Callable<Integer> {
  @Spec private @Nullable CommandSpec command;

  @Mixin private SettingsOptions options = new SettingsOptions();

  @Mixin private SecretOptions secrets = new SecretOptions();

  @Parameters(
      paramLabel = "DIR",
      description =
          "Folder with code.js. In a tenant's directory, trigger, secrets and packages are taken"
              + " from there; elsewhere packages from package.json.")
  private Path directory = Path.of("");

  @Option(
      names = "--event",
      required = true,
      paramLabel = "FILE",
      description = "The event, in JSON; may be wrapped as {\"event\":{…}}.")
  private Path event = Path.of("");

  @Option(
      names = "--trigger",
      paramLabel = "ID",
      description =
          "custom-token-exchange or post-login; default: what the tenant's files or the exports"
              + " say.")
  private @Nullable String trigger;

  @Option(
      names = "--clock",
      paramLabel = "TIME",
      description = "Start at this time, e.g. 2026-01-01T00:00:00Z; only timers move it on.")
  private @Nullable String clock;

  @Option(
      names = "--seed",
      paramLabel = "N",
      description = "Make Math.random and random bytes the same at each run.")
  private @Nullable Long seed;

  @Option(
      names = "--fetch",
      paramLabel = "MODE",
      description = "live, recorded or none. Default: recorded with --recording, else live.")
  private @Nullable String fetch;

  @Option(
      names = "--recording",
      paramLabel = "FILE",
      description = "Answers to fetch, as --record writes them.")
  private @Nullable Path recording;

  @Option(
      names = "--record",
      paramLabel = "FILE",
      description = "Write the answers to fetch to this file.")
  private @Nullable Path record;

  @Option(
      names = "--expect",
      paramLabel = "OUTCOME",
      description = "accept, deny or fail. Default: accept.")
  private Outcome expected = Outcome.ACCEPT;

  @Option(names = "--json", description = "Print the report as JSON.")
  private boolean json;

  @Override
  public Integer call() throws IOException {
    ActionTrial trial;
    TriedAction action;
    TrialEvent given;
    try {
      trial = trial();
      action = action();
      given = TrialEvent.of(read(event));
    } catch (TrialException | TenantImportException | SettingsException e) {
      throw wrong(String.valueOf(e.getMessage()));
    }
    TrialReport report = run(action, given, trial);
    Objects.requireNonNull(command)
        .commandLine()
        .getOut()
        .println(json ? report.json().toPrettyString() : report.text());
    if (record != null) {
      new GivenFile(record).write(Json.tree(report.recorded()).toPrettyString() + "\n");
    }
    return report.outcome() == expected ? 0 : 1;
  }

  /** Standard output is for the report alone; what is logged meanwhile is in it too. */
  private TrialReport run(TriedAction action, TrialEvent given, ActionTrial trial)
      throws IOException {
    OfflineTrial offline =
        new OfflineTrial(
            options.settings(Map.of("actions.slots-per-process", "1")), Clock.systemUTC());
    PrintStream out = System.out;
    System.setOut(new PrintStream(OutputStream.nullOutputStream()));
    try {
      return offline.run(action, given, trial);
    } finally {
      System.setOut(out);
    }
  }

  private ActionTrial trial() {
    Fetching fetching =
        fetch != null
            ? TrialOptions.fetching(fetch)
            : recording != null ? Fetching.RECORDED : Fetching.LIVE;
    if (fetching == Fetching.RECORDED && recording == null) {
      throw new TrialException("--fetch recorded needs --recording FILE");
    }
    return new ActionTrial(
        clock == null ? null : TrialOptions.clock(clock),
        seed,
        fetching,
        record != null,
        recording == null ? List.of() : TrialOptions.recording(read(recording)));
  }

  private TriedAction action() {
    ActionFolder folder = ActionFolder.read(directory, secrets.keywords());
    Map<String, String> all = new LinkedHashMap<>(folder.secrets());
    all.putAll(secrets.given());
    return new TriedAction(folder.name(), folder.name(), trigger(folder), program(folder), all);
  }

  /** The code with the packages that the folder declares, installed anew. */
  private String program(ActionFolder folder) {
    ActionPackages packages = new ActionPackages(BuildSettings.from(options.settings(Map.of())));
    packages.resolve(folder.dependencies());
    Optional<String> bundle =
        packages
            .inputs(folder.code(), folder.dependencies())
            .map(inputs -> bundle(packages.build(inputs)));
    return new ActionProgram(folder.code(), bundle, List.of()).text();
  }

  private String bundle(BuildOutcome outcome) {
    return switch (outcome) {
      case BuildOutcome.Built built -> built.source();
      case BuildOutcome.Failed failed -> {
        Objects.requireNonNull(command).commandLine().getErr().println(failed.log().strip());
        throw new TrialException(failed.reason());
      }
    };
  }

  private Trigger trigger(ActionFolder folder) {
    if (trigger != null) {
      return Trigger.find(trigger)
          .orElseThrow(
              () -> new TrialException("--trigger must be custom-token-exchange or post-login"));
    }
    List<Trigger> possible =
        folder.triggers().isEmpty()
            ? Arrays.stream(Trigger.values())
                .filter(each -> folder.code().contains(each.handler()))
                .toList()
            : folder.triggers().stream().flatMap(id -> Trigger.find(id).stream()).toList();
    if (possible.size() != 1) {
      throw new TrialException("it is not clear which trigger the Action is for: give --trigger");
    }
    return possible.getFirst();
  }

  private static JsonNode read(Path file) {
    try {
      return Json.parse(new GivenFile(file).read());
    } catch (com.fasterxml.jackson.core.JsonProcessingException e) {
      throw new TrialException(
          "%s:%d: not readable as JSON".formatted(file, e.getLocation().getLineNr()));
    } catch (Refusal e) {
      throw new TrialException(String.valueOf(e.getMessage()));
    } catch (IOException e) {
      throw new TrialException(file + ": not readable");
    }
  }

  private ParameterException wrong(String message) {
    return new ParameterException(
        Objects.requireNonNull(command).commandLine(), message.replaceAll("\\s+", " "));
  }

  /** Where secrets and keywords come from. */
  private static final class SecretOptions {
    @Option(
        names = "--secret",
        paramLabel = "NAME=VALUE",
        description = "One secret; wins over files. May be repeated.")
    private Map<String, String> single = new LinkedHashMap<>();

    @Option(
        names = "--secrets",
        paramLabel = "FILE",
        description = "Secrets as an object of strings, in JSON.")
    private @Nullable Path file;

    @Option(
        names = "--keyword",
        paramLabel = "NAME=VALUE",
        description =
            "Replaces ##NAME## and @@NAME@@ in the tenant's files. May be repeated; the variable"
                + " AUTH0_KEYWORD_REPLACE_MAPPINGS is read too.")
    private Map<String, String> keywords = new LinkedHashMap<>();

    private Map<String, String> given() {
      Map<String, String> given = new LinkedHashMap<>();
      if (file != null) {
        JsonNode json = read(file);
        if (!json.isObject()
            || !json.properties().stream().allMatch(e -> e.getValue().isTextual())) {
          throw new TrialException(file + ": must be an object of strings");
        }
        json.properties().forEach(each -> given.put(each.getKey(), each.getValue().textValue()));
      }
      given.putAll(single);
      return given;
    }

    private Map<String, JsonNode> keywords() {
      Map<String, JsonNode> all = new LinkedHashMap<>(KeywordMappings.ofProcess());
      keywords.forEach((name, value) -> all.put(name, TextNode.valueOf(value)));
      return all;
    }
  }
}
