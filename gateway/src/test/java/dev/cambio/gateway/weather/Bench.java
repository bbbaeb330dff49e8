package dev.cambio.gateway.weather;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;

/** Puts an installation through weathers under load, and tells what clients saw of each. */
final class Bench implements AutoCloseable {
  private static final int QUIET_SECONDS = 4;
  private static final int CLIENTS = 8;
  private static final int COST_SECONDS = 15;
  private static final double LEAST = 4;
  private static final double MOST = 20;
  private static final Duration SUNSHINE = Duration.ofMinutes(4);
  private static final Duration DATABASE_BACK = Duration.ofMinutes(2);

  private final Installation installation;
  private final boolean strict;
  private final double capacity;
  private final List<Report> reports = new ArrayList<>();

  private Bench(Installation installation, boolean strict, double capacity) {
    this.installation = installation;
    this.strict = strict;
    this.capacity = capacity;
  }

  /**
   * Starts the installation, warms it and measures what it can do.
   *
   * @param strict whether times are judged, which only makes sense on a machine of its own
   */
  static Bench open(Plan plan, boolean strict, Duration warmUp) {
    Installation installation = Installation.start(plan);
    try {
      requireSunshine(installation);
      double capacity =
          Load.capacity(installation.gateways(), CLIENTS, warmUp, Duration.ofSeconds(4));
      return new Bench(installation, strict, capacity);
    } catch (RuntimeException | Error e) {
      installation.close();
      throw e;
    }
  }

  /** Nothing can be said of weathers before exchanges work in peace, at each gateway. */
  private static void requireSunshine(Installation installation) {
    try (TokenClient client = new TokenClient("weather-sunshine")) {
      for (NodeProcess gateway : installation.gateways()) {
        await()
            .atMost(SUNSHINE)
            .untilAsserted(
                () -> {
                  for (var form :
                      List.of(client.partnerExchange(), client.countedExchange("sunshine"))) {
                    Attempt attempt = client.post(new Backend(gateway), form, Optional.empty());
                    assertThat(attempt.succeeded()).as(attempt.failure()).isTrue();
                  }
                });
      }
    }
  }

  Installation installation() {
    return installation;
  }

  /** Judges what is promised for a machine of its own, if this is one. */
  void promise(boolean holds, String otherwise) {
    if (strict) {
      assertThat(holds).as(otherwise).isTrue();
    }
  }

  /** CPU time of all nodes and their guests for one exchange, once they are warm. */
  Duration cost() {
    installation.calm();
    long made;
    Duration before = cpuTime();
    try (TokenClient client = new TokenClient("weather-cost");
        Balancer balancer = new Balancer(installation.gateways())) {
      Load load = Load.start(client, balancer, rate());
      try (load) {
        new Storm().lasts(COST_SECONDS);
      }
      made = load.exchanges().stream().filter(Exchange::succeeded).count();
    }
    return cpuTime().minus(before).dividedBy(Math.max(1, made));
  }

  private Duration cpuTime() {
    return installation.nodes().stream()
        .map(NodeProcess::cpuTime)
        .reduce(Duration.ZERO, Duration::plus);
  }

  /** Exchanges a second at most, as measured at the start. */
  double capacity() {
    return capacity;
  }

  /** Half of what it can do, within bounds. */
  double rate() {
    return Math.clamp(capacity / 2, LEAST, MOST);
  }

  /** One scenario at half of the capacity. */
  Report pass(String scenario, Promise promise, Consumer<Storm> weather) {
    return pass(scenario, promise, rate(), weather);
  }

  /**
   * One scenario.
   *
   * @throws AssertionError if a fault was seen, or, where that is judged, a promise broken
   */
  Report pass(String scenario, Promise promise, double rate, Consumer<Storm> weather) {
    installation.calm();
    Map<NodeProcess, Long> marks = marks();
    Report report;
    try (TokenClient client =
            new TokenClient("weather-" + reports.size() + "-" + System.nanoTime());
        Balancer balancer = new Balancer(installation.gateways())) {
      report = pass(scenario, promise, weather, client, balancer, rate, marks);
    }
    keepLogs(scenario, marks);
    reports.add(report);
    print(report);
    assertThat(report.faults()).as(scenario).isEmpty();
    if (strict) {
      assertThat(report.broken()).as(scenario).isEmpty();
    }
    return report;
  }

  private Report pass(
      String scenario,
      Promise promise,
      Consumer<Storm> weather,
      TokenClient client,
      Balancer balancer,
      double rate,
      Map<NodeProcess, Long> marks) {
    Storm storm = new Storm();
    Load load = Load.start(client, balancer, rate);
    SingleUse cheat = SingleUse.start(client, balancer.backends());
    try (load;
        cheat) {
      storm.lasts(QUIET_SECONDS);
      storm.strike(() -> {});
      weather.accept(storm);
    }
    await().atMost(DATABASE_BACK).until(installation.database()::answers);
    return new Report(
        scenario,
        promise,
        storm,
        load.exchanges(),
        client.attempts(),
        cheat.twice(),
        Reconciliation.of(client.run(), client.attempts(), installation.database()),
        stackLines(marks));
  }

  private Map<NodeProcess, Long> marks() {
    Map<NodeProcess, Long> marks = new HashMap<>();
    installation.nodes().forEach(node -> marks.put(node, (long) log(node).length));
    return marks;
  }

  private static byte[] log(NodeProcess node) {
    try {
      return Files.readAllBytes(node.log());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** What a node has logged since. */
  private static String since(NodeProcess node, long mark) {
    byte[] log = log(node);
    return new String(Arrays.copyOfRange(log, (int) mark, log.length), UTF_8);
  }

  private static int stackLines(Map<NodeProcess, Long> marks) {
    return marks.entrySet().stream()
        .mapToInt(
            mark ->
                (int)
                    since(mark.getKey(), mark.getValue())
                        .lines()
                        .filter(line -> line.startsWith("\tat "))
                        .count())
        .sum();
  }

  /** What each node logged in a scenario, in a directory of its name. */
  private void keepLogs(String scenario, Map<NodeProcess, Long> marks) {
    Path directory = installation.directory().resolve(scenario.replaceAll("[^A-Za-z0-9]+", "-"));
    try {
      Files.createDirectories(directory);
      for (Map.Entry<NodeProcess, Long> mark : marks.entrySet()) {
        Files.writeString(
            directory.resolve(mark.getKey().name() + ".txt"),
            since(mark.getKey(), mark.getValue()));
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void print(Report report) {
    System.out.print(Report.HEADER);
    System.out.println(report.line());
    System.out.println(report);
  }

  /** Stops everything, and prints the whole table. */
  @Override
  public void close() {
    StringBuilder table = new StringBuilder();
    table.append(
        "%n%d gateways, %d actions nodes, %s; %.1f exchanges/s at most, %.1f/s sent%n%n"
            .formatted(
                installation.gateways().size(),
                installation.actions().size(),
                installation.wires().isPresent() ? "each in a network namespace" : "on loopback",
                capacity,
                rate()));
    table.append(Report.HEADER);
    reports.forEach(report -> table.append(report.line()).append('\n'));
    System.out.println(table);
    try {
      Files.writeString(installation.directory().resolve("table.md"), table);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } finally {
      installation.close();
    }
  }
}
