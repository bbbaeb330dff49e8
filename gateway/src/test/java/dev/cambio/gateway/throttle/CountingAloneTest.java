package dev.cambio.gateway.throttle;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.node.ObjectNode;
import com.hazelcast.core.HazelcastInstance;
import dev.cambio.gateway.AdjustableClock;
import dev.cambio.gateway.error.OAuthException.TooManyAttempts;
import dev.cambio.gateway.error.OAuthException.TooManyRequests;
import dev.cambio.gateway.log.Notifications;
import dev.cambio.gateway.tenant.Tenant;
import dev.cambio.gateway.throttle.RateLimits.Kind;
import dev.cambio.model.bus.Json;
import dev.cambio.model.cluster.ClusterMember;
import dev.cambio.model.cluster.SharedMap;
import dev.cambio.model.cluster.SharedMaps;
import io.vertx.core.transport.Transport;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("Counting while the member that counts does not answer")
class CountingAloneTest {
  private static final String IP = "192.0.2.1";
  private static final Duration SHORT = Duration.ofMillis(20);
  private static final Duration LONG = Duration.ofMinutes(1);

  private final AdjustableClock clock = new AdjustableClock(Instant.ofEpochSecond(1_800_000_000));
  private final CountDownLatch thaw = new CountDownLatch(1);
  private ClusterMember member;
  private Tenant tenant;

  @BeforeEach
  void start() throws Exception {
    member =
        ClusterMember.alone(
            new SecureRandom(),
            Transport.NIO,
            config ->
                ThrottleForms.ALL.forEach(form -> form.addTo(config.getSerializationConfig())));
    tenant = new Tenant("t", "t.example", Set.of("t.example"), (ObjectNode) Json.parse("{}"));
  }

  @AfterEach
  void stop() {
    thaw.countDown();
    member.close();
  }

  @Test
  @DisplayName(
      "contract token-endpoint §9: a node counts on from what it knew, and what it counted stands")
  void attempts() throws Exception {
    onVirtualThread(this::countAttempts);
  }

  private void countAttempts() throws Exception {
    SharedMaps maps = new SharedMaps(member.hazelcast(), SHORT);
    SuspiciousIpThrottle here = throttle(maps.map("throttle"));
    SuspiciousIpThrottle there = throttle(new SharedMaps(member.hazelcast(), LONG).map("throttle"));
    IntStream.range(0, 4).forEach(i -> there.take(tenant, IP));
    assertThatCode(() -> here.require(tenant, IP)).doesNotThrowAnyException();

    freeze("throttle", "t\npre-custom-token-exchange\n" + IP);
    for (int i = 4; i < 9; i++) {
      assertThatCode(() -> here.require(tenant, IP)).doesNotThrowAnyException();
      assertThat(here.take(tenant, IP)).isFalse();
    }
    assertThat(here.take(tenant, IP)).as("the last of ten").isTrue();
    assertThatThrownBy(() -> here.take(tenant, IP)).isInstanceOf(TooManyAttempts.class);
    assertThatThrownBy(() -> here.require(tenant, IP)).isInstanceOf(TooManyAttempts.class);

    thaw.countDown();
    // Asked by a throttle that knows nothing: the cluster's own count.
    while (left(throttle(new SharedMaps(member.hazelcast(), LONG).map("throttle")))) {
      assertThatThrownBy(() -> here.require(tenant, IP)).isInstanceOf(TooManyAttempts.class);
    }
    assertThatThrownBy(() -> there.take(tenant, IP)).isInstanceOf(TooManyAttempts.class);
    clock.advance(Duration.ofMinutes(10));
    assertThatCode(() -> here.require(tenant, IP)).doesNotThrowAnyException();
    assertThat(here.take(tenant, IP)).isTrue();
    assertThatThrownBy(() -> there.require(tenant, IP)).isInstanceOf(TooManyAttempts.class);
  }

  @Test
  @DisplayName("contract token-endpoint §12: a node keeps to the limit alone")
  void requests() throws Exception {
    onVirtualThread(this::countRequests);
  }

  private void countRequests() throws Exception {
    RateLimits limits =
        new RateLimits(
            new SharedMaps(member.hazelcast(), SHORT).map("limits"),
            new LimitSettings(3, 0, 0, 0),
            clock);
    freeze("limits", "t\nREQUESTS");

    for (int i = 2; i >= 0; i--) {
      assertThat(limits.count("t", Kind.REQUESTS).headers())
          .containsEntry("X-RateLimit-Remaining", Integer.toString(i));
    }
    assertThatThrownBy(() -> limits.count("t", Kind.REQUESTS)).isInstanceOf(TooManyRequests.class);
    clock.advance(Duration.ofSeconds(1));
    assertThat(limits.count("t", Kind.REQUESTS).headers())
        .containsEntry("X-RateLimit-Remaining", "2");
  }

  private interface Part {
    void run() throws Exception;
  }

  /** As requests are, while JUnit runs tests on a fork-join pool. */
  private static void onVirtualThread(Part part) throws Exception {
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      threads
          .submit(
              () -> {
                part.run();
                return null;
              })
          .get();
    }
  }

  private boolean left(SuspiciousIpThrottle throttle) {
    try {
      throttle.require(tenant, IP);
      return true;
    } catch (TooManyAttempts refusal) {
      return false;
    }
  }

  private SuspiciousIpThrottle throttle(SharedMap<?> buckets) {
    return new SuspiciousIpThrottle(
        buckets, new Notifications(member.vertx().eventBus(), clock), clock);
  }

  /** Has the member not answer for that key until it thaws. */
  private void freeze(String map, String key) throws InterruptedException {
    HazelcastInstance hazelcast = member.hazelcast();
    CountDownLatch frozen = new CountDownLatch(1);
    hazelcast
        .<String, Object>getMap(map)
        .submitToKey(
            key,
            entry -> {
              frozen.countDown();
              try {
                thaw.await();
              } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
              }
              return true;
            });
    frozen.await();
  }
}
