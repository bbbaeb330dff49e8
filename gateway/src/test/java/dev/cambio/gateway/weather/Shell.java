package dev.cambio.gateway.weather;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;

/** Commands of the system, waited for. */
final class Shell {
  private Shell() {}

  /**
   * Runs a command.
   *
   * @throws IllegalStateException if it fails; the message has its output
   */
  static void run(String... command) {
    Ended ended = end(command);
    if (ended.exitCode() != 0) {
      throw new IllegalStateException(String.join(" ", command) + ": " + ended.output());
    }
  }

  /** Runs a command, and tells whether it is there and its exit code is 0. */
  static boolean succeeds(String... command) {
    try {
      return end(command).exitCode() == 0;
    } catch (UncheckedIOException e) {
      return false;
    }
  }

  private record Ended(int exitCode, String output) {}

  private static Ended end(String... command) {
    try {
      Process process = new ProcessBuilder(List.of(command)).redirectErrorStream(true).start();
      process.getOutputStream().close();
      String output = new String(process.getInputStream().readAllBytes(), UTF_8);
      return new Ended(process.waitFor(), output.strip());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }
}
