package dev.cambio.gateway.packages;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Namespaces in which the commands of one build run: a root of their own with the programs they
 * need and nothing else of the machine, no network, no view of other processes, no privileges. They
 * write to {@code /build}, which is in memory and has a limit, and read {@code /given}. When it is
 * closed, or the node ends, all that runs in it ends.
 */
final class Jail implements AutoCloseable {
  static final String BUILD = "/build";
  static final String GIVEN = "/given";

  private static final String SCRIPT = script();
  private static final int OPENING_SECONDS = 20;

  /** Nobody's, so that nothing of the machine is theirs. */
  private static final int OWNER = 64_735;

  private static final List<String> NAMESPACES =
      List.of("--mount", "--pid", "--net", "--ipc", "--uts");
  private static final List<String> POWERLESS =
      List.of("--no-new-privs", "--inh-caps=-all", "--bounding-set=-all");

  /** Where memory runs out, builds are what goes first. */
  private static final String FIRST_TO_GO = "echo 1000 > /proc/self/oom_score_adj; exec \"$@\"";

  private static final String LIMITED =
      "ulimit -c 0; ulimit -n 1024; ulimit -d %d; cd " + BUILD + "; exec \"$@\"";

  private static final Pattern RESIDENT = Pattern.compile("(?m)^VmRSS:\\s+(\\d+) kB$");

  /** Who makes the namespaces. */
  @SuppressWarnings("ImmutableEnumChecker") // The lists are those of List.of.
  enum Way {
    /** Root, and the build runs as a user that owns nothing. */
    ROOT(
        OWNER,
        List.of(),
        List.of(),
        List.of("--reuid=" + OWNER, "--regid=" + OWNER, "--clear-groups")),
    /** Any user, and the build runs as root of a user namespace, without its privileges. */
    USER(
        0,
        List.of("--user", "--map-root-user"),
        List.of("--user", "--preserve-credentials"),
        List.of());

    private final int owner;
    private final List<String> making;
    private final List<String> entering;
    private final List<String> identity;

    Way(int owner, List<String> making, List<String> entering, List<String> identity) {
      this.owner = owner;
      this.making = making;
      this.entering = entering;
      this.identity = identity;
    }
  }

  /**
   * What commands may take.
   *
   * @param memoryMb of each of them, in MiB
   * @param diskMb of all files, in MiB
   */
  record Limits(int memoryMb, int diskMb) {}

  private final Process holder;
  private final List<String> entering;

  private Jail(Process holder, List<String> entering) {
    this.holder = holder;
    this.entering = entering;
  }

  /**
   * Makes one; blocks for some tenths of a second.
   *
   * @param directory has {@code given}; must be out of reach for other users of the machine
   * @param hidden a directory that is not seen, even where it lies within one that is
   * @param shown what is seen of the machine, each at its own path; what does not exist is left out
   * @throws IOException if the machine does not allow it; the message says why
   */
  static Jail open(Way way, Path directory, Path hidden, List<Path> shown, Limits limits)
      throws IOException {
    Files.createDirectories(directory.resolve("root"));
    List<String> command = new ArrayList<>(List.of("unshare"));
    command.addAll(way.making);
    command.addAll(NAMESPACES);
    command.addAll(List.of("--fork", "--kill-child", "sh", "-c", SCRIPT, "jail"));
    command.addAll(List.of(directory.toString(), String.valueOf(limits.diskMb())));
    command.addAll(List.of(String.valueOf(way.owner), hidden.toString()));
    shown.forEach(path -> command.add(path.toString()));
    ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
    builder.environment().clear();
    Process holder = builder.start();
    try {
      requireReady(holder);
      long first = holder.children().findFirst().map(ProcessHandle::pid).orElseThrow();
      return new Jail(holder, entering(way, first, limits));
    } catch (IOException | RuntimeException e) {
      end(holder);
      throw e;
    }
  }

  private static void requireReady(Process holder) throws IOException {
    BufferedReader said = holder.inputReader(UTF_8);
    CompletableFuture<@Nullable String> line =
        CompletableFuture.supplyAsync(() -> line(said), run -> Thread.ofVirtual().start(run));
    try {
      String first = line.get(OPENING_SECONDS, TimeUnit.SECONDS);
      if (!"ready".equals(first)) {
        throw new IOException(first == null ? "it ended at once" : first);
      }
    } catch (ExecutionException e) {
      throw new IOException(e.getCause());
    } catch (TimeoutException e) {
      throw new IOException("it did not begin in time", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted", e);
    }
  }

  private static @Nullable String line(BufferedReader reader) {
    try {
      return reader.readLine();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static List<String> entering(Way way, long first, Limits limits) {
    List<String> command = new ArrayList<>(List.of("sh", "-c", FIRST_TO_GO, "sh", "nsenter"));
    command.addAll(List.of("--target", String.valueOf(first)));
    command.addAll(way.entering);
    command.addAll(NAMESPACES);
    command.addAll(List.of("--", "setpriv"));
    command.addAll(way.identity);
    command.addAll(POWERLESS);
    command.addAll(List.of("sh", "-c", LIMITED.formatted(limits.memoryMb() * 1024), "sh"));
    return List.copyOf(command);
  }

  /** What runs the command in here. */
  List<String> enter(List<String> command) {
    return Stream.concat(entering.stream(), command.stream()).toList();
  }

  /** What runs in here beyond the commands that were entered. */
  Stream<ProcessHandle> processes() {
    return holder.descendants();
  }

  /** The memory of a process, in KiB; 0 if it has ended. */
  static long residentKb(ProcessHandle process) {
    try {
      Path status = Path.of("/proc", String.valueOf(process.pid()), "status");
      Matcher found = RESIDENT.matcher(Files.readString(status));
      return found.find() ? Long.parseLong(found.group(1)) : 0;
    } catch (IOException e) {
      return 0;
    }
  }

  @Override
  public void close() {
    end(holder);
  }

  /** The first process of a pid namespace takes all others with it. */
  private static void end(Process holder) {
    List<ProcessHandle> within = holder.descendants().toList();
    within.forEach(ProcessHandle::destroyForcibly);
    holder.destroyForcibly();
    within.forEach(process -> process.onExit().join());
    holder.onExit().join();
  }

  private static String script() {
    try (InputStream file = Jail.class.getResourceAsStream("jail.sh")) {
      return new String(Objects.requireNonNull(file).readAllBytes(), UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
