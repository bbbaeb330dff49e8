package dev.cambio.gateway.packages;

import static java.util.concurrent.TimeUnit.MILLISECONDS;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.BooleanSupplier;
import java.util.stream.Stream;

/**
 * A directory of its own for one build, in which commands run; gone with what they left when it is
 * closed. What the commands print is kept as the log.
 */
final class BuildDirectory implements AutoCloseable {
  private static final int MAX_OUTPUT = 1024 * 1024;
  private static final int MAX_LOG = 16 * 1024;
  private static final Duration LOOK = Duration.ofMillis(200);
  private static final Duration LATE = Duration.ofSeconds(5);

  private final Path path;
  private final long deadline;
  private final BooleanSupplier cancelled;
  private final StringBuilder log = new StringBuilder();

  private BuildDirectory(Path path, Duration budget, BooleanSupplier cancelled) {
    this.path = path;
    this.deadline = System.nanoTime() + budget.toNanos();
    this.cancelled = cancelled;
  }

  /**
   * Makes a directory.
   *
   * @param budget time for all commands together
   * @param cancelled whether to give up
   */
  static BuildDirectory make(Duration budget, BooleanSupplier cancelled) throws IOException {
    return new BuildDirectory(
        Files.createTempDirectory("cambio-build").toRealPath(), budget, cancelled);
  }

  /** What a command came to. */
  record Done(int exit, String output) {}

  void write(String file, String text) throws IOException {
    Files.writeString(path.resolve(file), text);
  }

  String read(String file) throws IOException {
    return Files.readString(path.resolve(file));
  }

  long size(String file) throws IOException {
    return Files.size(path.resolve(file));
  }

  /**
   * Runs a command to its end.
   *
   * @param input what it reads from standard input
   * @throws IOException if there is no such command
   * @throws BuildException if it takes too long or prints too much; then it was ended
   */
  Done run(String input, List<String> command) throws IOException, BuildException {
    Path in = path.resolve(".stdin");
    Files.writeString(in, input);
    ProcessBuilder builder =
        new ProcessBuilder(command)
            .directory(path.toFile())
            .redirectInput(in.toFile())
            .redirectErrorStream(true);
    // npm's settings come from the environment too; our own, secrets among them, are not for it.
    builder.environment().keySet().removeIf(BuildDirectory::isOurs);
    Process process = builder.start();
    try {
      CompletableFuture<byte[]> output =
          CompletableFuture.supplyAsync(
              () -> drain(process), reader -> Thread.ofPlatform().daemon().start(reader));
      await(process);
      return new Done(process.exitValue(), shown(read(output)));
    } finally {
      kill(process);
    }
  }

  /** What the command prints; one that prints too much is ended. */
  private static byte[] drain(Process process) {
    try {
      byte[] bytes = process.getInputStream().readNBytes(MAX_OUTPUT + 1);
      if (bytes.length > MAX_OUTPUT) {
        kill(process);
      }
      return bytes;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The whole output of a command that has ended; who still holds its end of the pipe is late. */
  private static byte[] read(CompletableFuture<byte[]> output) throws BuildException {
    byte[] bytes = output.completeOnTimeout(new byte[0], LATE.toMillis(), MILLISECONDS).join();
    if (bytes.length > MAX_OUTPUT) {
      throw new BuildException("output", "The build printed too much");
    }
    return bytes;
  }

  private static boolean isOurs(String variable) {
    return variable.startsWith("CAMBIO_") || variable.startsWith("AUTH0_");
  }

  private void await(Process process) throws BuildException {
    try {
      while (!process.waitFor(LOOK.toMillis(), MILLISECONDS)) {
        if (cancelled.getAsBoolean()) {
          throw new BuildException("cancelled", "The build was broken off");
        }
        if (System.nanoTime() > deadline) {
          throw new BuildException("timeout", "The build took too long");
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new BuildException("cancelled", "The build was broken off");
    }
  }

  private static void kill(Process process) {
    if (process.isAlive()) {
      process.descendants().forEach(ProcessHandle::destroyForcibly);
      process.destroyForcibly();
      process.onExit().join();
    }
  }

  /** Without this machine's paths, and without the credentials that URLs may have. */
  private String shown(byte[] output) {
    return new String(output, StandardCharsets.UTF_8)
        .replace(path.toString(), ".")
        .replace("\0", "")
        .replaceAll("://[^/@\\s]*@", "://");
  }

  /** Adds a line to the log. */
  void log(String text) {
    String stripped = text.strip();
    if (!stripped.isEmpty()) {
      log.append(stripped).append('\n');
    }
  }

  /** The log, its end if it is long. */
  String log() {
    int from = Math.max(0, log.length() - MAX_LOG);
    return log.substring(from);
  }

  @Override
  public void close() {
    try (Stream<Path> files = Files.walk(path)) {
      List<Path> deepestFirst = new ArrayList<>(files.toList());
      deepestFirst.sort(Comparator.reverseOrder());
      for (Path file : deepestFirst) {
        Files.delete(file);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
