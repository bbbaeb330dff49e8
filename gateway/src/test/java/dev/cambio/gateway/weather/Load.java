package dev.cambio.gateway.weather;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Phaser;
import java.util.concurrent.locks.LockSupport;

/**
 * Clients that come at a rate whatever becomes of those before them. Each tries once more after
 * half a second if it got no connection, no answer or 503.
 */
final class Load implements AutoCloseable {
  private static final Duration RETRY = Duration.ofMillis(500);
  private static final int COUNTED_EVERY = 8;
  private static final int KEYS = 8;

  private final TokenClient client;
  private final Balancer balancer;
  private final Queue<Exchange> exchanges = new ConcurrentLinkedQueue<>();
  private final Phaser underWay = new Phaser(1);
  private final Thread clock;
  private volatile boolean over;

  private Load(TokenClient client, Balancer balancer, double perSecond) {
    this.client = client;
    this.balancer = balancer;
    this.clock = new Thread(() -> come(perSecond), "load");
  }

  static Load start(TokenClient client, Balancer balancer, double perSecond) {
    Load load = new Load(client, balancer, perSecond);
    load.clock.start();
    return load;
  }

  private void come(double perSecond) {
    long gap = (long) (1e9 / perSecond);
    long next = System.nanoTime();
    for (int i = 0; !over; i++) {
      int number = i;
      underWay.register();
      Thread.ofVirtual().start(() -> exchange(number));
      next += gap;
      LockSupport.parkNanos(next - System.nanoTime());
    }
  }

  private void exchange(int number) {
    try {
      exchanges.add(once(number));
    } finally {
      underWay.arriveAndDeregister();
    }
  }

  private Exchange once(int number) {
    List<Attempt> attempts = new ArrayList<>();
    attempts.add(attempt(number));
    if (attempts.getFirst().mayBeRepeated()) {
      LockSupport.parkNanos(RETRY.toNanos());
      attempts.add(attempt(number));
    }
    return new Exchange(attempts);
  }

  private Attempt attempt(int number) {
    long now = System.nanoTime();
    Map<String, String> form =
        number % COUNTED_EVERY == 0
            ? client.countedExchange("key-" + number / COUNTED_EVERY % KEYS)
            : client.partnerExchange();
    return balancer
        .next()
        .map(gateway -> client.post(gateway, form, Optional.empty()))
        .orElseGet(() -> Attempt.unanswered("", now, "no gateway is ready"));
  }

  /** What has ended so far. */
  List<Exchange> exchanges() {
    return List.copyOf(exchanges);
  }

  /** Lets nobody come any more; returns when everybody has gone. */
  @Override
  public void close() {
    over = true;
    try {
      clock.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    underWay.arriveAndAwaitAdvance();
  }

  /**
   * How many exchanges a second the installation makes for a few clients that never pause, once it
   * is warm.
   */
  static double capacity(List<NodeProcess> gateways, int clients, Duration warmUp, Duration time) {
    try (TokenClient client = new TokenClient("weather-capacity");
        Balancer balancer = new Balancer(gateways)) {
      long warm = System.nanoTime() + warmUp.toNanos();
      long end = warm + time.toNanos();
      List<Thread> threads = new ArrayList<>();
      for (int i = 0; i < clients; i++) {
        threads.add(
            Thread.ofVirtual()
                .start(
                    () -> {
                      while (System.nanoTime() < end) {
                        balancer
                            .next()
                            .ifPresent(
                                gateway ->
                                    client.post(
                                        gateway, client.partnerExchange(), Optional.empty()));
                      }
                    }));
      }
      for (Thread thread : threads) {
        thread.join();
      }
      long made =
          client.attempts().stream()
              .filter(attempt -> attempt.succeeded() && attempt.endedAt() > warm)
              .count();
      return made / (time.toMillis() / 1000.0);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }
}
