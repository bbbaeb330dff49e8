package dev.cambio.clients;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.JsonNode;
import dev.cambio.model.bus.Json;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;

/** Runs scripts of {@code src/test/js} in Node.js and tells how each of their tests ended. */
final class NodeScript {
  private static final Path SCRIPTS = Path.of("src", "test", "js");
  private static final int TIMEOUT_MINUTES = 15;

  private NodeScript() {}

  /** How a test of a script ended; without an error, well. */
  private record Outcome(String name, Optional<String> error) {}

  /**
   * The tests of a script, which has run when this returns.
   *
   * @param script path below {@code src/test/js}
   * @param environment in addition to that of this process
   */
  static Stream<DynamicTest> tests(String script, Map<String, String> environment) {
    return run(script, environment).stream()
        .map(
            outcome ->
                DynamicTest.dynamicTest(
                    outcome.name(),
                    () ->
                        outcome
                            .error()
                            .ifPresent(
                                error -> {
                                  // Reports of the build leave out what a test is called.
                                  throw new AssertionError(outcome.name() + ": " + error);
                                })));
  }

  private static List<Outcome> run(String script, Map<String, String> environment) {
    try {
      Path results = Files.createTempFile("cambio-clients", ".jsonl");
      Path console = Files.createTempFile("cambio-clients", ".log");
      try {
        ProcessBuilder builder =
            new ProcessBuilder(
                    "node",
                    "--test-reporter=./harness/reporter.mjs",
                    "--test-reporter-destination=" + results,
                    script)
                .directory(SCRIPTS.toFile())
                .redirectErrorStream(true)
                .redirectOutput(console.toFile());
        builder.environment().putAll(environment);
        int exit = await(builder.start());
        return outcomes(results, console, exit);
      } finally {
        Files.delete(results);
        Files.delete(console);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static int await(Process process) {
    try {
      if (!process.waitFor(TIMEOUT_MINUTES, TimeUnit.MINUTES)) {
        throw new AssertionError("not ended after " + TIMEOUT_MINUTES + " minutes");
      }
      return process.exitValue();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    } finally {
      process.destroyForcibly();
    }
  }

  /** A script that ends badly without a test that does so, or that has no test, failed itself. */
  private static List<Outcome> outcomes(Path results, Path console, int exit) throws IOException {
    List<Outcome> outcomes = new ArrayList<>();
    for (String line : Files.readAllLines(results)) {
      JsonNode json = Json.parse(line);
      outcomes.add(
          new Outcome(
              json.path("name").asText(), Optional.ofNullable(json.path("error").textValue())));
    }
    boolean failed = outcomes.stream().anyMatch(outcome -> outcome.error().isPresent());
    if (outcomes.isEmpty() || (exit != 0 && !failed)) {
      throw new AssertionError("exit " + exit + ": " + Files.readString(console, UTF_8));
    }
    return outcomes;
  }
}
