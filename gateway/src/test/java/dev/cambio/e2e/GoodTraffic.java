package dev.cambio.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.cambio.e2e.TokenRequest.Answer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.locks.LockSupport;

/** Exchanges of the quickstart tenant's partner token, one after the other, without end. */
final class GoodTraffic implements AutoCloseable {
  private static final int WARM_UP = 600;
  private static final int QUIET = 400;
  private static final long PAUSE_NANOS = Duration.ofMillis(5).toNanos();
  private static final double MAX_RATIO = 3;

  /**
   * What may come on top of the ratio. Of two processors a hostile run takes one for its whole
   * budget, and after a process has gone the start of the next takes the other: whoever wants to
   * run then waits for a slice or two of the scheduler at each of the dozen hops of an exchange.
   */
  private static final Duration MEDIAN_FLOOR = Duration.ofMillis(15);

  private static final Duration TAIL_FLOOR = Duration.ofMillis(50);

  private final TestNode node;
  private final Thread thread;
  private final Queue<String> failures = new ConcurrentLinkedQueue<>();
  private final List<Long> took = Collections.synchronizedList(new ArrayList<>());
  private volatile boolean over;
  private List<Long> quiet = List.of();

  private GoodTraffic(TestNode node) {
    this.node = node;
    this.thread = new Thread(this::exchange, "good-traffic");
  }

  static GoodTraffic start(TestNode node) {
    GoodTraffic traffic = new GoodTraffic(node);
    traffic.thread.start();
    return traffic;
  }

  private void exchange() {
    while (!over) {
      String issuer = node.quickstart();
      TokenRequest request =
          TokenRequest.quickstart(issuer, "urn:acme:partner-token", PartnerTokens.valid(issuer));
      long startedAt = System.nanoTime();
      Answer answer = request.post();
      took.add(System.nanoTime() - startedAt);
      if (answer.status() != 200) {
        failures.add(answer.error() + " " + node.logs(request.userAgent()));
      }
      LockSupport.parkNanos(PAUSE_NANOS);
    }
  }

  /** Waits until it is known how long an exchange takes while nothing else goes on. */
  void measureQuiet() {
    takeAfter(WARM_UP);
    quiet = takeAfter(QUIET);
  }

  private List<Long> takeAfter(int count) {
    while (took.size() < count) {
      LockSupport.parkNanos(PAUSE_NANOS);
    }
    List<Long> taken = List.copyOf(took.subList(0, count));
    took.clear();
    return taken;
  }

  /** Every answer that was not 200. */
  List<String> failures() {
    return List.copyOf(failures);
  }

  /** Compares all exchanges since the quiet ones with those. */
  void requirePace() {
    String figures =
        "p50 %.1f ms, quiet %.1f ms; p95 %.1f ms, quiet %.1f ms; %d exchanges"
            .formatted(ms(took, 50), ms(quiet, 50), ms(took, 95), ms(quiet, 95), took.size());
    System.out.println("good traffic beside hostile Actions: " + figures);
    assertThat(ms(took, 50))
        .as(figures)
        .isLessThan(MAX_RATIO * ms(quiet, 50) + MEDIAN_FLOOR.toMillis());
    assertThat(ms(took, 95))
        .as(figures)
        .isLessThan(MAX_RATIO * ms(quiet, 95) + TAIL_FLOOR.toMillis());
  }

  private static double ms(List<Long> nanos, int percentile) {
    List<Long> sorted = nanos.stream().sorted().toList();
    return sorted.get((sorted.size() - 1) * percentile / 100) / 1e6;
  }

  @Override
  public void close() {
    over = true;
    try {
      thread.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
