package dev.cambio.gateway.packages;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.concurrent.TimeUnit.MILLISECONDS;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.BooleanSupplier;
import java.util.stream.Stream;

/**
 * A directory of its own for one build, in which commands run, in a jail if they are to; gone with
 * what they left when it is closed. What the commands print is kept as the log.
 */
final class BuildDirectory implements AutoCloseable {
  private static final int MAX_OUTPUT = 1024 * 1024;
  private static final int MAX_LOG = 16 * 1024;
  private static final int MAX_PROCESSES = 100;
  private static final Duration LOOK = Duration.ofMillis(200);
  private static final Duration LATE = Duration.ofSeconds(5);

  private final Path path;
  private final long deadline;
  private final BooleanSupplier cancelled;
  private final StringBuilder log = new StringBuilder();
  private Optional<Jail> jail = Optional.empty();
  private long memoryKb = Long.MAX_VALUE;

  private BuildDirectory(Path path, Duration budget, BooleanSupplier cancelled) {
    this.path = path;
    this.deadline = System.nanoTime() + budget.toNanos();
    this.cancelled = cancelled;
  }

  /**
   * Makes a directory that no other user of the machine reaches.
   *
   * @param budget time for all commands together
   * @param cancelled whether to give up
   */
  static BuildDirectory make(Duration budget, BooleanSupplier cancelled) throws IOException {
    Path path = Files.createTempDirectory("cambio-build").toRealPath();
    Files.createDirectory(path.resolve("build"));
    Files.setPosixFilePermissions(
        Files.createDirectory(path.resolve("given")), PosixFilePermissions.fromString("rwxr-xr-x"));
    return new BuildDirectory(path, budget, cancelled);
  }

  /** From now on commands run in a jail. */
  void enclose(Jail.Way way, BuildSettings settings) throws IOException {
    jail =
        Optional.of(
            Jail.open(
                way,
                path,
                BuildIsolation.hidden(),
                JailPaths.of(settings).shown(),
                new Jail.Limits(settings.memoryMb(), settings.diskMb())));
    memoryKb = settings.memoryMb() * 1024L;
  }

  /** What a command came to. */
  record Done(int exit, String output) {}

  /** Has commands find a file at {@link #given}, which they cannot change. */
  void give(String file, String text) throws IOException {
    Path given = path.resolve("given").resolve(file);
    Files.writeString(given, text);
    Files.setPosixFilePermissions(given, PosixFilePermissions.fromString("rw-r--r--"));
  }

  /** Where the node puts what is given. */
  Path place(String file) {
    return path.resolve("given").resolve(file);
  }

  /** Where commands find what is given. */
  String given(String file) {
    return jail.isPresent() ? Jail.GIVEN + "/" + file : place(file).toString();
  }

  /** Puts a file among those that commands change. */
  void write(String file, String text) throws IOException, BuildException {
    if (run(text, List.of("sh", "-c", "cat > \"$1\"", "sh", file)).exit() != 0) {
      throw new BuildException("disk", "There is no room for the build's files");
    }
  }

  /**
   * A file that commands have made; read with what they may read.
   *
   * @throws BuildException if it is not there or longer than that
   */
  String read(String file, int max) throws IOException, BuildException {
    Result result = run("", List.of("cat", "--", file), Map.of(), max);
    if (result.exit() != 0) {
      throw new BuildException("bundler", "The build left no " + file);
    }
    return new String(result.output(), UTF_8);
  }

  Done run(String input, List<String> command) throws IOException, BuildException {
    return run(input, command, Map.of());
  }

  /**
   * Runs a command to its end.
   *
   * @param input what it reads from standard input
   * @param environment that it has beside {@code PATH} and {@code HOME}
   * @throws IOException if there is no such command
   * @throws BuildException if it takes too long or too much or prints too much; then it was ended
   */
  Done run(String input, List<String> command, Map<String, String> environment)
      throws IOException, BuildException {
    Result result = run(input, command, environment, MAX_OUTPUT);
    return new Done(result.exit(), shown(result.output()));
  }

  private record Result(int exit, byte[] output) {}

  private Result run(String input, List<String> command, Map<String, String> environment, int max)
      throws IOException, BuildException {
    Path in = path.resolve("stdin");
    Files.writeString(in, input);
    Process process =
        builder(command, environment).redirectInput(in.toFile()).redirectErrorStream(true).start();
    try {
      CompletableFuture<byte[]> output =
          CompletableFuture.supplyAsync(
              () -> drain(process, max), reader -> Thread.ofPlatform().daemon().start(reader));
      await(process);
      return new Result(process.exitValue(), read(output, max));
    } finally {
      kill(process);
    }
  }

  private ProcessBuilder builder(List<String> command, Map<String, String> environment) {
    ProcessBuilder builder =
        new ProcessBuilder(jail.map(each -> each.enter(command)).orElse(command))
            .directory(path.resolve("build").toFile());
    Map<String, String> all = new HashMap<>(environment);
    if (jail.isPresent()) {
      all.put("PATH", "/usr/bin:/bin:/usr/sbin:/sbin");
      all.put("HOME", Jail.BUILD);
    } else {
      all.putIfAbsent("PATH", builder.environment().getOrDefault("PATH", ""));
      all.putIfAbsent("HOME", path.resolve("build").toString());
    }
    builder.environment().clear();
    builder.environment().putAll(all);
    return builder;
  }

  /** What the command prints; one that prints too much is ended. */
  private static byte[] drain(Process process, int max) {
    try {
      byte[] bytes = process.getInputStream().readNBytes(max + 1);
      if (bytes.length > max) {
        kill(process);
      }
      return bytes;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The whole output of a command that has ended; who still holds its end of the pipe is late. */
  private static byte[] read(CompletableFuture<byte[]> output, int max) throws BuildException {
    byte[] bytes = output.completeOnTimeout(new byte[0], LATE.toMillis(), MILLISECONDS).join();
    if (bytes.length > max) {
      throw new BuildException("output", "The build printed too much");
    }
    return bytes;
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
        requireModest(process);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new BuildException("cancelled", "The build was broken off");
    }
  }

  private void requireModest(Process process) throws BuildException {
    List<ProcessHandle> processes =
        Stream.concat(process.descendants(), jail.stream().flatMap(Jail::processes)).toList();
    if (processes.size() > MAX_PROCESSES) {
      throw new BuildException("processes", "The build started too many processes");
    }
    if (jail.isPresent() && processes.stream().mapToLong(Jail::residentKb).sum() > memoryKb) {
      throw new BuildException("memory", "The build takes too much memory");
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
    return new String(output, UTF_8)
        .replace(path.resolve("build").toString(), ".")
        .replace(path.toString(), "")
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
    jail.ifPresent(Jail::close);
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
