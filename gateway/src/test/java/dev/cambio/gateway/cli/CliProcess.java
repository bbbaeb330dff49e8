package dev.cambio.gateway.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** The command in a JVM of its own, as a person runs it. */
final class CliProcess {
  private static final long TIMEOUT_SECONDS = 60;

  private final Path directory;

  /**
   * A command.
   *
   * @param directory its working directory and installation; gets two output files
   */
  CliProcess(Path directory) {
    this.directory = directory;
  }

  /** How it ended, and the lines it wrote to standard error. */
  record Ended(int exitCode, List<String> errors, List<String> output) {}

  Ended run(Map<String, String> environment, String... arguments)
      throws IOException, InterruptedException {
    Process process = start(environment, arguments);
    try {
      assertThat(process.waitFor(TIMEOUT_SECONDS, TimeUnit.SECONDS)).isTrue();
    } finally {
      process.destroyForcibly();
    }
    return new Ended(process.exitValue(), errors(), output());
  }

  Process start(Map<String, String> environment, String... arguments) throws IOException {
    List<String> command = new ArrayList<>();
    command.add(ProcessHandle.current().info().command().orElseThrow());
    command.addAll(List.of(System.getProperty("cambio.jvm.flags", "").split(" ")));
    command.addAll(
        List.of(
            "-Dcambio.home=" + directory,
            "-cp",
            System.getProperty("java.class.path"),
            "dev.cambio.gateway.cli.Cambio"));
    command.addAll(List.of(arguments));
    ProcessBuilder builder =
        new ProcessBuilder(command)
            .directory(directory.toFile())
            .redirectOutput(directory.resolve("out.txt").toFile())
            .redirectError(directory.resolve("err.txt").toFile());
    builder.environment().keySet().removeIf(name -> name.startsWith("CAMBIO_"));
    builder.environment().putAll(environment);
    return builder.start();
  }

  List<String> errors() throws IOException {
    return Files.readAllLines(directory.resolve("err.txt"));
  }

  List<String> output() throws IOException {
    return Files.readAllLines(directory.resolve("out.txt"));
  }
}
