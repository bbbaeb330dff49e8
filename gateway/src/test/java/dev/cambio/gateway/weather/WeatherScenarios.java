package dev.cambio.gateway.weather;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/**
 * The whole bench: two gateways, two actions nodes and PostgreSQL, each node in a network namespace
 * of its own where this machine allows that. It runs in the Maven profile {@code weather}, on a
 * machine of its own, and judges times too; what it cannot do here it says.
 */
@DisplayName("Two gateways and two actions nodes as processes, in any weather")
class WeatherScenarios {
  /** Beyond which it is taken for never: longer than any start on a machine that is busy. */
  private static final Duration BACK = Duration.ofMinutes(8);

  private static final Duration IN_SERVICE = Duration.ofSeconds(15);
  private static final Duration START = Duration.ofSeconds(60);
  private static final Duration DRAIN = Duration.ofSeconds(60);

  private static final int OVERLOAD_SECONDS = 15;
  private static final double GOODPUT = 0.9;
  private static final int SLOWER_AT_MOST = 10;
  private static final double DEARER_AT_MOST = 1.3;

  private static Bench bench;

  @BeforeAll
  static void start() {
    Path directory = Path.of("target", "weather", "whole").toAbsolutePath();
    boolean ownMachine = Boolean.getBoolean("cambio.weather.strict");
    bench =
        Bench.open(new Plan(directory, 2, 2, true, ownMachine), ownMachine, Duration.ofSeconds(15));
  }

  @AfterAll
  static void stop() {
    if (bench != null) {
      bench.close();
    }
  }

  private static Installation installation() {
    return bench.installation();
  }

  private static NodeProcess gateway(int number) {
    return installation().gateways().get(number);
  }

  private static NodeProcess actions(int number) {
    return installation().actions().get(number);
  }

  @Test
  @DisplayName("in calm weather nothing fails, and api.cache holds across nodes")
  void calm() {
    Report report = bench.pass("calm", Promise.NOTHING_SEEN, storm -> storm.lasts(10));
    List<String> told =
        report.attempts().stream().flatMap(attempt -> attempt.cache().stream()).toList();
    assertCounts(told);
  }

  private static void assertCounts(List<String> told) {
    List<String> errors = told.stream().filter(text -> !text.matches("\\d+")).toList();
    assertThat(errors).as("what api.cache.set answered, of %d", told.size()).isEmpty();
  }

  @Test
  @DisplayName("kill -9 of an actions node")
  void actionsNodeKilled() {
    bench.pass(
        "kill -9 of an actions node",
        Promise.NODE_LOST,
        storm -> {
          storm.strike(actions(0)::kill);
          storm.lasts(15);
        });
  }

  @Test
  @DisplayName("kill -9 of a gateway")
  void gatewayKilled() {
    bench.pass(
        "kill -9 of a gateway",
        Promise.NODE_LOST,
        storm -> {
          storm.strike(gateway(0)::kill);
          storm.lasts(15);
        });
  }

  @Test
  @DisplayName("kill -9 of all guests of an actions node")
  void guestsKilled() {
    bench.pass(
        "kill -9 of all guests of an actions node",
        Promise.GUESTS_LOST,
        storm -> {
          storm.strike(() -> actions(0).guests().forEach(ProcessHandle::destroyForcibly));
          storm.lasts(15);
          storm.until("node ready", START, BACK, actions(0)::isReady);
        });
  }

  @Test
  @DisplayName("SIGSTOP of an actions node, and SIGCONT")
  void actionsNodeFrozen() {
    frozen(actions(1), 15);
  }

  @Test
  @DisplayName("SIGSTOP of an actions node for so long that it is given up, and SIGCONT")
  void actionsNodeFrozenForLong() {
    frozen(actions(0), 60);
  }

  @Test
  @DisplayName("SIGSTOP of a gateway, and SIGCONT")
  void gatewayFrozen() {
    frozen(gateway(1), 40);
  }

  private static void frozen(NodeProcess node, int seconds) {
    bench.pass(
        "SIGSTOP of " + node.name() + " for " + seconds + " s",
        Promise.NODE_LOST,
        storm -> {
          storm.strike(node::freeze);
          storm.lasts(seconds);
          node.thaw();
          storm.until("back in service", IN_SERVICE, BACK, installation()::isWhole);
          storm.lasts(5);
        });
  }

  @Test
  @DisplayName("a partition with a gateway and an actions node on each side, and its heal")
  void partition() {
    partition(
        "gateway and actions node cut off from the others for 20 s",
        wires ->
            () ->
                wires.cut(
                    List.of(gateway(0).address(), actions(0).address()),
                    List.of(gateway(1).address(), actions(1).address())));
  }

  @Test
  @DisplayName("a partition with one node alone, and its heal")
  void lonelyNode() {
    partition(
        "gateway cut off from the others for 20 s",
        wires ->
            () ->
                wires.cut(
                    List.of(gateway(1).address()),
                    List.of(gateway(0).address(), actions(0).address(), actions(1).address())));
  }

  @Test
  @DisplayName("an asymmetric partition: an actions node hears the others and is not heard")
  void asymmetricPartition() {
    partition(
        "actions node hears and is not heard for 20 s",
        wires ->
            () ->
                wires.mute(
                    actions(0).address(),
                    List.of(gateway(0).address(), gateway(1).address(), actions(1).address())));
  }

  private static void partition(String scenario, Function<Wires, Runnable> cut) {
    Wires wires = wires();
    bench.pass(
        scenario,
        Promise.NODE_LOST,
        storm -> {
          storm.strike(cut.apply(wires));
          storm.lasts(20);
          wires.heal();
          storm.until("merged", IN_SERVICE, BACK, installation()::isWhole);
          storm.lasts(5);
        });
  }

  private static Wires wires() {
    Optional<Wires> wires = installation().wires();
    assumeTrue(wires.isPresent(), "not possible here: no network namespaces or no TUN device");
    return wires.orElseThrow();
  }

  @Test
  @DisplayName("300 ms of latency and 5 % of loss between nodes")
  void slowAndLossy() {
    Wires wires = wires();
    bench.pass(
        "300 ms between nodes, 5 % lost, for 20 s",
        Promise.CORRECT,
        storm -> {
          storm.strike(() -> wires.slow(Duration.ofMillis(300), 0.05));
          storm.lasts(20);
          wires.heal();
          storm.measureFromNow();
          storm.until("all joined", IN_SERVICE, BACK, installation()::isWhole);
          storm.lasts(5);
        });
  }

  @Test
  @DisplayName("a node with another cluster secret, and one with another master key")
  void wrongSecrets() {
    NodeProcess secret =
        installation()
            .stranger(
                "stranger-secret",
                Map.of("CAMBIO_CLUSTER_SECRET", "another-secret-0123456789abcdef-0123456789"));
    NodeProcess key =
        installation()
            .stranger(
                "stranger-key",
                Map.of(
                    "CAMBIO_ROLES", "gateway",
                    "CAMBIO_MASTER_KEY", "YW5vdGhlci1rZXktb2YtMzItYnl0ZXMtMDEyMzQ1Njc="));
    try {
      bench.pass(
          "nodes with another cluster secret and another master key",
          Promise.NOTHING_SEEN,
          storm -> {
            storm.strike(
                () -> {
                  installation().start(secret);
                  installation().start(key);
                });
            storm.until("both refused", START, BACK, () -> !secret.isAlive() && !key.isAlive());
            storm.lasts(3);
          });
    } finally {
      secret.destroy();
      key.destroy();
    }
  }

  @Test
  @DisplayName("SIGTERM of a gateway: no request is cut, exit code 0, no stack trace")
  void gatewayTerminated() {
    terminated(gateway(0));
  }

  @Test
  @DisplayName("SIGTERM of an actions node: no request is cut, exit code 0, no stack trace")
  void actionsNodeTerminated() {
    terminated(actions(1));
  }

  private static void terminated(NodeProcess node) {
    Report report =
        bench.pass(
            "SIGTERM of " + node.name(),
            Promise.NOTHING_SEEN,
            storm -> {
              storm.strike(
                  () -> {
                    int exitCode = node.terminate(DRAIN);
                    storm.note("exit code " + exitCode);
                    storm.require(exitCode == 0, node.name() + " ended with " + exitCode);
                  });
              storm.lasts(8);
            });
    assertThat(report.stackLines()).as("stack lines logged when %s left", node.name()).isZero();
  }

  @Test
  @DisplayName("PostgreSQL is restarted")
  void databaseRestarted() {
    Database database = installation().database();
    bench.pass(
        "PostgreSQL restarted",
        Promise.DATABASE_BACK,
        storm -> {
          storm.strike(
              () -> {
                Duration took = database.stop();
                storm.note("its shutdown", took);
                storm.promise(took.toSeconds() < 2, "its shutdown took " + Storm.text(took));
              });
          storm.lasts(3);
          database.startAgain();
          storm.measureFromNow();
          storm.until("all ready", Duration.ofSeconds(3), BACK, installation()::isWhole);
          storm.lasts(8);
        });
  }

  @Test
  @DisplayName("PostgreSQL stands still for 10 s")
  void databaseFrozen() {
    Database database = installation().database();
    bench.pass(
        "PostgreSQL stands still for 10 s",
        Promise.DATABASE_BACK,
        storm -> {
          storm.strike(database::freeze);
          storm.lasts(10);
          database.thaw();
          storm.measureFromNow();
          storm.until("all ready", Duration.ofSeconds(3), BACK, installation()::isWhole);
          storm.lasts(8);
        });
  }

  @Test
  @DisplayName("PostgreSQL's disk is full for 10 s")
  void diskFull() {
    Database database = installation().database();
    assumeTrue(database.hasOwnDisk(), "not possible here: no file system can be mounted");
    bench.pass(
        "PostgreSQL's disk full for 10 s",
        Promise.CORRECT,
        storm -> {
          storm.strike(database::fillDisk);
          storm.lasts(10);
          database.emptyDisk();
          storm.until("database", BACK, BACK, database::comesBack);
          storm.measureFromNow();
          storm.until("all ready", Duration.ofSeconds(3), BACK, installation()::isWhole);
          storm.lasts(8);
        });
  }

  @Test
  @DisplayName("busy loops beside it, two for each core")
  void busyMachine() {
    int loops = 2 * Runtime.getRuntime().availableProcessors();
    List<Process> busy = new ArrayList<>();
    try {
      Report report =
          bench.pass(
              loops + " busy loops, an actions node starts among them",
              Promise.NOTHING_SEEN,
              storm -> {
                actions(0).kill();
                storm.lasts(5);
                storm.strike(() -> IntStream.range(0, loops).forEach(_ -> busy.add(loop())));
                storm.lasts(5);
                installation().start(actions(0));
                storm.until("start", START, BACK, installation()::isWhole);
                storm.lasts(15);
                storm.note(
                    "restarts of guests: " + (int) actions(0).metric("cambio_guest_ended_total"));
              });
      long quiet = report.percentile(99, true).toMillis();
      long busyTail = report.percentile(99, false).toMillis();
      String figures = "p99 %d ms in peace, %d ms beside busy loops".formatted(quiet, busyTail);
      System.out.println(figures);
      bench.promise(busyTail <= SLOWER_AT_MOST * quiet, figures);
    } finally {
      busy.forEach(Process::destroyForcibly);
    }
  }

  private static Process loop() {
    try {
      return new ProcessBuilder("sh", "-c", "while :; do :; done").start();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Test
  @DisplayName("a rolling restart")
  void rollingRestart() {
    bench.pass(
        "rolling restart",
        Promise.NOTHING_SEEN,
        storm -> {
          storm.strike(() -> {});
          for (NodeProcess node : installation().nodes()) {
            int exitCode = node.terminate(DRAIN);
            storm.require(exitCode == 0, node.name() + " ended with " + exitCode);
            installation().start(node);
            storm.until(node.name() + " joined", START, BACK, installation()::isWhole);
          }
          storm.lasts(5);
        });
  }

  @Test
  @DisplayName("all nodes are killed at once and started again")
  void allKilled() {
    bench.pass(
        "all nodes killed at once and started again",
        Promise.ALL_BACK,
        storm -> {
          storm.strike(() -> installation().nodes().forEach(NodeProcess::kill));
          installation().nodes().forEach(installation()::start);
          storm.until("all joined", START, BACK, installation()::isWhole);
          storm.measureFromNow();
          storm.lasts(10);
        });
  }

  @Test
  @DisplayName("a rolling upgrade from an earlier distribution")
  void rollingUpgrade() {
    String previous = System.getProperty("cambio.weather.previous", "");
    assumeTrue(!previous.isEmpty(), "no earlier distribution: -Dcambio.weather.previous=DIRECTORY");
    installation().nodes().forEach(NodeProcess::destroy);
    installation().nodes().forEach(node -> node.start(Path.of(previous)));
    bench.pass(
        "rolling upgrade",
        Promise.NOTHING_SEEN,
        storm -> {
          storm.strike(() -> {});
          for (NodeProcess node : installation().nodes()) {
            node.terminate(DRAIN);
            installation().start(node);
            storm.until(node.name() + " joined", START, BACK, installation()::isWhole);
          }
          storm.lasts(5);
        });
  }

  @Test
  @DisplayName("twice the load that it can bear")
  void overload() {
    Report report =
        bench.pass(
            "twice the capacity for 15 s",
            Promise.CORRECT,
            2 * bench.capacity(),
            storm -> {
              storm.strike(() -> {});
              storm.lasts(OVERLOAD_SECONDS);
            });
    long good =
        report.exchanges().stream()
            .filter(
                exchange -> exchange.succeeded() && exchange.endedAt() > report.storm().struckAt())
            .count();
    double goodput = good / (double) OVERLOAD_SECONDS;
    String figures = "goodput %.1f/s, best %.1f/s".formatted(goodput, bench.capacity());
    System.out.println(figures);
    bench.promise(goodput >= GOODPUT * bench.capacity(), figures);
  }

  @Test
  @DisplayName("two and two nodes cost little more CPU for each exchange than one node")
  void cost() {
    Duration together = bench.cost();
    Path directory = Path.of("target", "weather", "alone").toAbsolutePath();
    Duration alone;
    try (Bench one =
        Bench.open(new Plan(directory, 1, 0, false, false), false, Duration.ofSeconds(15))) {
      alone = one.cost();
    }
    String figures =
        "CPU per exchange: %.1f ms with two and two nodes, %.1f ms with one"
            .formatted(together.toNanos() / 1e6, alone.toNanos() / 1e6);
    System.out.println(figures);
    bench.promise(together.toNanos() <= DEARER_AT_MOST * alone.toNanos(), figures);
  }
}
