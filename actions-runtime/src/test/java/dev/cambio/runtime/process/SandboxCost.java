package dev.cambio.runtime.process;

import static org.assertj.core.api.Assertions.assertThat;

import dev.cambio.model.action.ActionEnding;
import dev.cambio.runtime.frame.GuestLimits;
import dev.cambio.runtime.frame.RunLimits;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** Prints what the sandbox costs. Its name keeps it out of the build: a figure is not a test. */
class SandboxCost {
  private static final int WARM_UP = 4_000;
  private static final int SAMPLES = 4_000;
  private static final GuestLaunch LAUNCH =
      new GuestLaunch(
          Path.of(ProcessHandle.current().info().command().orElseThrow()),
          Path.of(System.getProperty("cambio.guest.home")),
          384,
          new GuestLimits(
              2, 32, 100_000, 600_000, 70, 1_000, 8 << 20, 16 << 20, RunLimits.STANDARD),
          null);

  @Test
  void withinAGuest() throws Exception {
    List<String> line = LAUNCH.commandLine(true, null);
    Path tests =
        Path.of(SandboxCost.class.getProtectionDomain().getCodeSource().getLocation().toURI());
    String lib = line.get(line.size() - 2);
    List<String> command = new ArrayList<>(line.subList(0, line.size() - 2));
    command.add(lib + ":" + tests);
    command.add("dev.cambio.runtime.guest.sandbox.RealmCost");
    Process process = new ProcessBuilder(command).inheritIO().start();
    assertThat(process.waitFor(5, TimeUnit.MINUTES)).isTrue();
    assertThat(process.exitValue()).isZero();
  }

  @Test
  void throughThePipe() throws Exception {
    try (var supervisor = Executors.newSingleThreadScheduledExecutor()) {
      GuestProcess guest =
          GuestProcess.start(LAUNCH, Isolation.probe(), true, supervisor, Duration.ofSeconds(1));
      try {
        var _ = guest.ready().get(60, TimeUnit.SECONDS);
        measure(guest);
      } finally {
        guest.end(GuestEnd.STOPPED);
      }
    }
  }

  private static void measure(GuestProcess guest) {
    long[] wall = new long[SAMPLES];
    long[] cpu = new long[SAMPLES];
    for (int i = -WARM_UP; i < SAMPLES; i++) {
      long from = System.nanoTime();
      RunReport report = run(guest);
      if (i >= 0) {
        wall[i] = (System.nanoTime() - from) / 1000;
        cpu[i] = report.cpuMicros();
      }
      assertThat(report.ending()).isEqualTo(ActionEnding.RETURNED);
    }
    Arrays.sort(wall);
    Arrays.sort(cpu);
    System.out.printf(
        "trivial run through the pipe: wall %d us, p95 %d; CPU of the guest %d us, p95 %d%n",
        wall[SAMPLES / 2], wall[SAMPLES * 95 / 100], cpu[SAMPLES / 2], cpu[SAMPLES * 95 / 100]);
  }

  private static RunReport run(GuestProcess guest) {
    Attempt attempt = guest.run(0, call(), new ProbeServices(SOURCE), new OnlyLane(guest));
    assertThat(attempt).isInstanceOf(Attempt.Ended.class);
    return ((Attempt.Ended) attempt).report();
  }

  private static final String SOURCE =
      "exports.onExecuteCustomTokenExchange = async (event, api) => {"
          + " api.authentication.setUserById('auth0|jane'); };";

  private static GuestCall call() {
    return new GuestCall(
        "acme",
        "ver_1",
        "hash",
        "custom-token-exchange",
        Duration.ofSeconds(20),
        "{\"transaction\":{\"metadata\":{}}}",
        "{}",
        null);
  }
}
