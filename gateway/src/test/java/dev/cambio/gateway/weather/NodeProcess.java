package dev.cambio.gateway.weather;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.ProcessBuilder.Redirect;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** A node as an administrator runs it: {@code cambio serve} of a distribution. */
final class NodeProcess {
  private static final Duration PROBE = Duration.ofSeconds(2);
  private static final HttpClient PROBES =
      HttpClient.newBuilder().connectTimeout(PROBE).version(HttpClient.Version.HTTP_1_1).build();

  private final String name;
  private final Path directory;
  private final List<String> prefix;
  private final Map<String, String> environment;
  private final String address;
  private final String ops;
  private @Nullable Process process;

  /**
   * A node, not yet started.
   *
   * @param directory its working directory; gets its log
   * @param prefix what to put before its command, to have it run elsewhere
   * @param address of its member, and of its listeners
   */
  NodeProcess(
      String name,
      Path directory,
      List<String> prefix,
      Map<String, String> environment,
      String address) {
    this.name = name;
    this.directory = directory;
    this.prefix = prefix;
    this.environment = environment;
    this.address = address;
    this.ops = "http://" + address + ":" + environment.get("CAMBIO_OPS_PORT");
  }

  String name() {
    return name;
  }

  String address() {
    return address;
  }

  /** Where clients find it; only gateways serve there. */
  String url() {
    return "http://" + address + ":" + environment.get("CAMBIO_HTTP_PORT");
  }

  /** Where other members find it. */
  String member() {
    return address + ":" + environment.get("CAMBIO_CLUSTER_PORT");
  }

  Map<String, String> environment() {
    return Map.copyOf(environment);
  }

  /** Starts it; it ends with this process at the latest. */
  void start(Path distribution) {
    List<String> command = new ArrayList<>();
    command.addAll(prefix);
    command.add(distribution.resolve("bin").resolve("cambio").toString());
    command.addAll(List.of("serve", "--stop-with-parent"));
    try {
      Files.createDirectories(directory);
      ProcessBuilder builder =
          new ProcessBuilder(command)
              .directory(directory.toFile())
              .redirectErrorStream(true)
              .redirectOutput(Redirect.appendTo(log().toFile()));
      builder.environment().keySet().removeIf(key -> key.startsWith("CAMBIO_"));
      builder.environment().putAll(environment);
      process = builder.start();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  Path log() {
    return directory.resolve("log.txt");
  }

  boolean isAlive() {
    return process != null && process.isAlive();
  }

  private Process running() {
    if (process == null) {
      throw new IllegalStateException(name + " was not started");
    }
    return process;
  }

  /** What it says of itself, or nothing if it does not answer. */
  Optional<HttpResponse<String>> probe() {
    return get("/health/ready");
  }

  boolean isReady() {
    return isAlive() && probe().filter(answer -> answer.statusCode() == 200).isPresent();
  }

  /** How many members it says that the cluster has. */
  int members() {
    Matcher members =
        Pattern.compile("\"members\":(\\d+)").matcher(probe().map(HttpResponse::body).orElse(""));
    return members.find() ? Integer.parseInt(members.group(1)) : 0;
  }

  /** The sum of a metric's series. */
  double metric(String metric) {
    Matcher line =
        Pattern.compile("(?m)^" + metric + "(?:\\{[^}]*})? ([0-9.E+-]+)$")
            .matcher(get("/metrics").map(HttpResponse::body).orElse(""));
    double sum = 0;
    while (line.find()) {
      sum += Double.parseDouble(line.group(1));
    }
    return sum;
  }

  private Optional<HttpResponse<String>> get(String path) {
    HttpRequest request = HttpRequest.newBuilder(URI.create(ops + path)).timeout(PROBE).build();
    try {
      return Optional.of(PROBES.send(request, HttpResponse.BodyHandlers.ofString()));
    } catch (IOException e) {
      return Optional.empty();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return Optional.empty();
    }
  }

  /** The processes in which its Actions run. */
  List<ProcessHandle> guests() {
    return running().descendants().toList();
  }

  /** CPU time that it and its guests have had. */
  Duration cpuTime() {
    return Stream.concat(Stream.of(running().toHandle()), running().descendants())
        .flatMap(handle -> handle.info().totalCpuDuration().stream())
        .reduce(Duration.ZERO, Duration::plus);
  }

  /** SIGKILL for the node; its guests have to notice. */
  void kill() {
    running().destroyForcibly();
    awaitEnd(Duration.ofSeconds(10));
  }

  /** SIGSTOP for it and its guests, as if its machine stood still. */
  void freeze() {
    signal("STOP");
  }

  void thaw() {
    signal("CONT");
  }

  /**
   * SIGTERM.
   *
   * @return its exit code
   */
  int terminate(Duration patience) {
    Shell.run("kill", "-TERM", Long.toString(running().pid()));
    if (!awaitEnd(patience)) {
      throw new AssertionError(name + " still runs " + patience + " after SIGTERM");
    }
    return running().exitValue();
  }

  private boolean awaitEnd(Duration patience) {
    try {
      return running().waitFor(patience.toMillis(), TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  /** Ends it and whatever it started, in whatever state they are. */
  void destroy() {
    if (process != null) {
      signal("KILL");
      awaitEnd(Duration.ofSeconds(10));
    }
  }

  /** Sent to guests too, which have sessions of their own. */
  private void signal(String signal) {
    if (!isAlive()) {
      return;
    }
    List<String> command = new ArrayList<>(List.of("kill", "-" + signal));
    command.add(Long.toString(running().pid()));
    running().descendants().forEach(guest -> command.add(Long.toString(guest.pid())));
    Shell.succeeds(command.toArray(String[]::new));
  }
}
