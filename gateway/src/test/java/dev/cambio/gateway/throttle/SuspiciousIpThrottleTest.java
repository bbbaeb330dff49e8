package dev.cambio.gateway.throttle;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.node.ObjectNode;
import com.hazelcast.config.Config;
import com.hazelcast.core.Hazelcast;
import com.hazelcast.core.HazelcastInstance;
import dev.cambio.gateway.AdjustableClock;
import dev.cambio.gateway.error.OAuthException.TooManyAttempts;
import dev.cambio.gateway.log.Notifications;
import dev.cambio.gateway.tenant.Tenant;
import dev.cambio.model.bus.BusSeal;
import dev.cambio.model.bus.Json;
import dev.cambio.model.bus.TenantEvent;
import dev.cambio.model.bus.TokenBus;
import dev.cambio.model.cluster.SharedMaps;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.Callable;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("Suspicious-IP throttling in one member, contract token-endpoint §9")
class SuspiciousIpThrottleTest {
  private static final String IP = "192.0.2.1";
  private static HazelcastInstance hazelcast;
  private static SharedMaps maps;
  private static Vertx vertx;
  private static TokenBus bus;

  private final AdjustableClock clock = new AdjustableClock(Instant.ofEpochSecond(1_800_000_000));
  private SuspiciousIpThrottle throttle;

  @BeforeAll
  static void startMember() {
    Config config = new Config();
    config.getNetworkConfig().getJoin().getAutoDetectionConfig().setEnabled(false);
    config.getNetworkConfig().getJoin().getMulticastConfig().setEnabled(false);
    config.getNetworkConfig().getInterfaces().setEnabled(true).addInterface("127.0.0.1");
    config.getJetConfig().setEnabled(false);
    config.setProperty("hazelcast.logging.type", "slf4j");
    config.setProperty("hazelcast.phone.home.enabled", "false");
    ThrottleForms.ALL.forEach(form -> form.addTo(config.getSerializationConfig()));
    hazelcast = Hazelcast.newHazelcastInstance(config);
    maps = new SharedMaps(hazelcast, Duration.ofSeconds(5));
    vertx = Vertx.vertx();
    bus = TokenBus.join(vertx.eventBus(), new BusSeal(new byte[32], new SecureRandom()));
  }

  @AfterAll
  static void stopMember() {
    vertx.close().await();
    hazelcast.getLifecycleService().terminate();
  }

  @Test
  @DisplayName("§9 one notification is published per block, if that shield is set")
  void notifies() throws Exception {
    BlockingQueue<TenantEvent> heard = new LinkedBlockingQueue<>();
    bus.notifications(heard::add).completion().await(5, TimeUnit.SECONDS);

    Tenant silent = tenant("silent", "{'shields':['block']}");
    Tenant loud = tenant("loud", "{'shields':['block','admin_notification']}");
    for (Tenant tenant : List.of(silent, loud)) {
      hazelcast.getMap("throttle").clear();
      take(tenant, 10);
      assertThatThrownBy(() -> throttle.take(tenant, IP)).isInstanceOf(TooManyAttempts.class);
    }

    TenantEvent only = Objects.requireNonNull(heard.poll(5, TimeUnit.SECONDS));
    assertThat(only.type()).isEqualTo("admin_notification");
    assertThat(only.payload()).isEqualTo("{\"type\":\"limit_mu\",\"ip\":\"192.0.2.1\"}");
    assertThat(heard).isEmpty();
  }

  @Test
  @DisplayName(
      "§9 of two buckets that parts of a cluster kept, the stricter lasts longer, and stands")
  void stricterLastsLonger() {
    throttle.take(tenant("one", "{}"), IP);
    take(tenant("other", "{}"), 2);

    assertThat(expiry("other") - expiry("one")).isGreaterThan(500_000);
  }

  private static long expiry(String tenant) {
    String key = tenant + "\npre-custom-token-exchange\n" + IP;
    return hazelcast.getMap("throttle").getEntryView(key).getExpirationTime();
  }

  @BeforeEach
  void emptyMap() {
    hazelcast.getMap("throttle").clear();
    throttle =
        new SuspiciousIpThrottle(
            maps.map("throttle"), new Notifications(vertx.eventBus(), clock), clock);
  }

  private static Tenant tenant(String id, String throttling) {
    try {
      ObjectNode settings =
          (ObjectNode)
              Json.parse(
                  "{\"attack_protection\":{\"suspiciousIpThrottling\":"
                      + throttling.replace('\'', '"')
                      + "}}");
      return new Tenant(id, id + ".example", Set.of(id + ".example"), settings);
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  private void take(Tenant tenant, int times) {
    IntStream.range(0, times).forEach(i -> throttle.take(tenant, IP));
  }

  @Test
  @DisplayName("§9 an attempt is granted anew after the rate, and taken again starts a block again")
  void refills() {
    Tenant tenant =
        tenant("t", "{'stage':{'pre-custom-token-exchange':{'max_attempts':2,'rate':1200000}}}");

    assertThat(throttle.take(tenant, IP)).isFalse();
    assertThat(throttle.take(tenant, IP)).isTrue();
    assertThatThrownBy(() -> throttle.take(tenant, IP)).isInstanceOf(TooManyAttempts.class);
    assertThatThrownBy(() -> throttle.require(tenant, IP))
        .isInstanceOfSatisfying(
            TooManyAttempts.class,
            refusal -> assertThat(refusal.headers()).containsEntry("Retry-After", "1200"));
    clock.advance(Duration.ofMinutes(20));
    assertThatCode(() -> throttle.require(tenant, IP)).doesNotThrowAnyException();
    assertThat(throttle.take(tenant, IP)).isTrue();
    assertThatThrownBy(() -> throttle.require(tenant, IP)).isInstanceOf(TooManyAttempts.class);
  }

  @Test
  @DisplayName("§9 without the shield block, attempts are counted and nobody is refused")
  void monitors() {
    Tenant tenant = tenant("t", "{'shields':['admin_notification']}");

    take(tenant, 9);

    assertThat(throttle.take(tenant, IP)).isTrue();
    assertThatCode(() -> throttle.require(tenant, IP)).doesNotThrowAnyException();
  }

  @Test
  @DisplayName("§9 switched off, nothing happens")
  void canBeOff() {
    Tenant tenant = tenant("t", "{'enabled':false}");

    take(tenant, 20);

    assertThatCode(() -> throttle.require(tenant, IP)).doesNotThrowAnyException();
  }

  @Test
  @DisplayName("§9 an IPv4 address in IPv6 form is the IPv4 address")
  void knowsMappedAddresses() {
    Tenant tenant = tenant("t", "{'allowlist':['192.0.2.9','2001:db8::/32']}");
    take(tenant, 10);

    assertThatThrownBy(() -> throttle.require(tenant, "::ffff:192.0.2.1"))
        .isInstanceOf(TooManyAttempts.class);
    assertThat(
            IntStream.range(0, 20)
                .anyMatch(
                    i ->
                        throttle.take(tenant, "::ffff:192.0.2.9")
                            || throttle.take(tenant, "2001:db8::1")))
        .isFalse();
  }

  @Test
  @DisplayName("§9 an IPv6 range allows its own addresses and no others")
  void keepsRangesApart() {
    Tenant tenant = tenant("t", "{'allowlist':['2000::/3']}");
    IntStream.range(0, 10).forEach(i -> throttle.take(tenant, "fd00::1"));

    assertThatThrownBy(() -> throttle.require(tenant, "fd00::1"))
        .isInstanceOf(TooManyAttempts.class);
  }

  @Test
  @DisplayName("§9 tenants do not share buckets")
  void separatesTenants() {
    take(tenant("t", "{}"), 10);

    assertThatCode(() -> throttle.require(tenant("other", "{}"), IP)).doesNotThrowAnyException();
  }

  @Test
  @DisplayName(
      "§9 a refused request takes nothing: the attempt that grows meanwhile is not set back")
  void refusalsTakeNothing() {
    Tenant tenant =
        tenant("t", "{'stage':{'pre-custom-token-exchange':{'max_attempts':1,'rate':1200000}}}");
    assertThat(throttle.take(tenant, IP)).isTrue();

    clock.advance(Duration.ofSeconds(1100));
    assertThatThrownBy(() -> throttle.take(tenant, IP)).isInstanceOf(TooManyAttempts.class);
    clock.advance(Duration.ofSeconds(100));

    assertThat(throttle.take(tenant, IP)).isTrue();
  }

  @Test
  @DisplayName("§9 of 120 rejections under way at once, ten are told, one of them as the last")
  void tellsNoMoreThanAreLeft() throws Exception {
    Tenant tenant = tenant("t", "{}");
    int parallel = 120;
    CyclicBarrier allHavePassed = new CyclicBarrier(parallel);
    Callable<String> exchange =
        () -> {
          throttle.require(tenant, IP);
          allHavePassed.await(30, TimeUnit.SECONDS);
          try {
            return throttle.take(tenant, IP) ? "last" : "told";
          } catch (TooManyAttempts refusal) {
            return "refused";
          }
        };

    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      List<String> outcomes = new ArrayList<>();
      for (Future<String> outcome : threads.invokeAll(Collections.nCopies(parallel, exchange))) {
        outcomes.add(outcome.get());
      }
      assertThat(outcomes.stream().filter("told"::equals)).hasSize(9);
      assertThat(outcomes.stream().filter("last"::equals)).hasSize(1);
      assertThat(outcomes.stream().filter("refused"::equals)).hasSize(110);
    }
  }
}
