package dev.cambio.gateway.weather;

import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/**
 * The short form of the bench, for each build: what is right and wrong, which does not depend on
 * how busy the machine is. Times are printed and not judged.
 */
@DisplayName("A gateway and two actions nodes as processes, in bad weather")
class WeatherIT {
  /** Beyond which it is taken for never: longer than anything takes on a machine that is busy. */
  private static final Duration BACK = Duration.ofMinutes(4);

  private static Bench bench;

  @BeforeAll
  static void start() {
    Path directory = Path.of("target", "weather", "short").toAbsolutePath();
    bench = Bench.open(new Plan(directory, 1, 2, false, false), false, Duration.ofSeconds(3));
  }

  @AfterAll
  static void stop() {
    if (bench != null) {
      bench.close();
    }
  }

  @Test
  @DisplayName("an actions node is killed: no false answer, no token without its row")
  void actionsNodeKilled() {
    NodeProcess node = bench.installation().actions().getFirst();
    bench.pass(
        "kill -9 of an actions node",
        Promise.NODE_LOST,
        storm -> {
          storm.strike(node::kill);
          storm.lasts(6);
        });
  }

  @Test
  @DisplayName("an actions node stands still and goes on: no false answer, and it joins again")
  void actionsNodeFrozen() {
    NodeProcess node = bench.installation().actions().getLast();
    bench.pass(
        "SIGSTOP of an actions node for 6 s",
        Promise.NODE_LOST,
        storm -> {
          storm.strike(node::freeze);
          storm.lasts(6);
          node.thaw();
          storm.until(
              "all joined", Duration.ofSeconds(15), BACK, () -> bench.installation().isWhole());
        });
  }

  @Test
  @DisplayName("PostgreSQL is restarted: no false answer, no token without its row")
  void databaseRestarted() {
    Database database = bench.installation().database();
    bench.pass(
        "PostgreSQL restarted",
        Promise.DATABASE_BACK,
        storm -> {
          storm.strike(() -> storm.note("its shutdown", database.stop()));
          database.startAgain();
          storm.measureFromNow();
          storm.until("all ready", Duration.ofSeconds(3), BACK, bench.installation()::isWhole);
          storm.lasts(5);
        });
  }
}
