package dev.cambio.runtime.process;

import static org.assertj.core.api.Assertions.assertThat;

import dev.cambio.model.action.ActionEnding;
import dev.cambio.runtime.frame.GuestLimits;
import dev.cambio.runtime.frame.RunLimits;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** A guest that gets no processor, as on a machine that has none to give: it is stopped here. */
class StarvedGuestTest {
  private static final Path HOME = Path.of(System.getProperty("cambio.guest.home"));
  private static final Duration GRACE = Duration.ofMillis(200);

  @Test
  void isToldFromOneThatHangs() throws Exception {
    ScheduledExecutorService supervisor = Executors.newScheduledThreadPool(1);
    GuestLaunch launch =
        new GuestLaunch(
            Path.of(ProcessHandle.current().info().command().orElseThrow()),
            HOME,
            256,
            new GuestLimits(1, 4, 100, 60_000, 70, 1_000, 1 << 20, 1 << 20, RunLimits.STANDARD),
            new GuestCache(HOME.resolveSibling("guest-cache")));
    GuestProcess guest = GuestProcess.start(launch, Isolation.NONE, true, supervisor, GRACE);
    try {
      StartProgress.await(guest);
      signal(guest, "STOP");
      CompletableFuture<Boolean> starved = new CompletableFuture<>();
      long from = System.nanoTime();

      Attempt attempt = guest.run(0, call(), new ProbeServices(""), new Told(starved));

      assertThat(attempt).isInstanceOf(Attempt.Ended.class);
      assertThat(((Attempt.Ended) attempt).report().ending()).isEqualTo(ActionEnding.TIMED_OUT);
      assertThat(starved).isCompletedWithValue(true);
      // It got more than the one grace that a run that hangs gets.
      assertThat(Duration.ofNanos(System.nanoTime() - from)).isGreaterThan(GRACE.multipliedBy(4));
    } finally {
      guest.end(GuestEnd.STOPPED);
      supervisor.shutdownNow();
    }
  }

  private static GuestCall call() {
    return new GuestCall(
        "acme", "ver_1", "hash", "post-login", Duration.ofMillis(100), "{}", "{}", null);
  }

  private static void signal(GuestProcess guest, String name) throws Exception {
    Process kill = new ProcessBuilder("kill", "-" + name, Long.toString(guest.pid())).start();
    assertThat(kill.waitFor(10, TimeUnit.SECONDS)).isTrue();
  }

  private static final class Told extends SameLane {
    private final CompletableFuture<Boolean> starved;

    private Told(CompletableFuture<Boolean> starved) {
      this.starved = starved;
    }

    @Override
    public void overdue(boolean whether) {
      starved.complete(whether);
    }
  }
}
