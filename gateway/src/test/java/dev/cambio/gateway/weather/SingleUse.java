package dev.cambio.gateway.weather;

import dev.cambio.e2e.DpopProof;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.locks.LockSupport;

/**
 * A dishonest client that uses what is good for once twice, at two gateways at the same time: a
 * DPoP proof (contract token-endpoint §1.7) and a refresh token that rotates (§7.7).
 */
final class SingleUse implements AutoCloseable {
  private static final Duration PAUSE = Duration.ofMillis(700);

  private final TokenClient client;
  private final List<Backend> gateways;
  private final Queue<String> twice = new ConcurrentLinkedQueue<>();
  private final Thread thread;
  private volatile boolean over;

  private SingleUse(TokenClient client, List<Backend> gateways) {
    this.client = client;
    this.gateways = gateways;
    this.thread = new Thread(this::cheat, "single-use");
  }

  static SingleUse start(TokenClient client, List<Backend> gateways) {
    SingleUse started = new SingleUse(client, gateways);
    started.thread.start();
    return started;
  }

  private void cheat() {
    while (!over) {
      proof();
      refreshToken();
      LockSupport.parkNanos(PAUSE.toNanos());
    }
  }

  private void proof() {
    String proof = DpopProof.es256(TokenClient.ENDPOINT).sign();
    Map<String, String> form = client.partnerExchange();
    useTwice("DPoP proof", form, Optional.of(proof));
  }

  private void refreshToken() {
    Map<String, String> form = new HashMap<>(client.partnerExchange());
    form.put("scope", "openid read offline_access");
    client
        .post(gateways.getFirst(), form, Optional.empty())
        .refreshToken()
        .ifPresent(token -> useTwice("refresh token", client.refresh(token), Optional.empty()));
  }

  private void useTwice(String what, Map<String, String> form, Optional<String> proof) {
    CompletableFuture<Attempt> first =
        CompletableFuture.supplyAsync(() -> client.post(gateways.getFirst(), form, proof));
    Attempt second = client.post(gateways.getLast(), form, proof);
    if (first.join().succeeded() && second.succeeded()) {
      twice.add(what + " of " + first.join().agent() + " and " + second.agent());
    }
  }

  /** What was accepted twice. */
  List<String> twice() {
    return List.copyOf(twice);
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
