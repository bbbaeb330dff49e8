package dev.cambio.model.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import com.hazelcast.cluster.Address;
import com.hazelcast.cluster.Member;
import com.hazelcast.cluster.impl.MemberImpl;
import com.hazelcast.core.HazelcastInstance;
import com.hazelcast.map.EntryProcessor;
import com.hazelcast.version.MemberVersion;
import dev.cambio.model.cluster.SharedMap.Late;
import io.vertx.core.transport.Transport;
import java.net.InetAddress;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("Asking a map whose member does not answer")
class SharedMapTest {
  private static final EntryProcessor<String, String, Boolean> ADD =
      entry -> entry.setValue(entry.getValue() + "+") != null;

  private static ClusterMember member;

  @BeforeAll
  static void start() {
    member = ClusterMember.alone(new SecureRandom(), Transport.NIO, _ -> {});
  }

  @AfterAll
  static void stop() {
    member.close();
  }

  @Test
  @DisplayName("ends after the time, then at once, until the member answers again")
  void late() throws Exception {
    HazelcastInstance hazelcast = member.hazelcast();
    SharedMaps patient = new SharedMaps(hazelcast, Duration.ofMinutes(1));
    SharedMap<String> map = patient.map("late");
    SharedMaps maps = new SharedMaps(hazelcast, Duration.ofMillis(20));
    SharedMap<String> hasty = maps.map("late");
    hazelcast.getMap("late").set("k", "v");
    Member owner = hazelcast.getCluster().getLocalMember();
    CountDownLatch frozen = new CountDownLatch(1);
    CountDownLatch thaw = new CountDownLatch(1);
    hazelcast
        .<String, String>getMap("late")
        .submitToKey(
            "k",
            entry -> {
              frozen.countDown();
              return await(thaw);
            });
    frozen.await();

    assertThatExceptionOfType(Late.class).isThrownBy(() -> hasty.get("k"));
    assertThat(maps.silent().mayAsk(owner)).isFalse();
    assertThatExceptionOfType(Late.class).isThrownBy(() -> hasty.apply("k", ADD));
    hasty.offer("k", "lost", Duration.ofMinutes(1));

    thaw.countDown();
    // What was asked last is answered late, and that counts.
    assertThat(map.get("k")).isEqualTo("v");
    while (!maps.silent().mayAsk(owner)) {
      Thread.onSpinWait();
    }
    assertThat(map.apply("k", ADD)).isTrue();
    assertThat(map.get("k")).isEqualTo("v+");
    map.offer("k", "kept", Duration.ofMinutes(1));
    assertThat(map.get("k")).isEqualTo("kept");
    assertThat(map.get("nothing")).isNull();
  }

  @Test
  @DisplayName("of a member that was late one request finds out whether it is well again")
  void silence() {
    AtomicLong now = new AtomicLong();
    SilentMembers silent = new SilentMembers(now::get);
    Member other =
        new MemberImpl.Builder(new Address(InetAddress.getLoopbackAddress(), 5701))
            .version(MemberVersion.UNKNOWN)
            .uuid(UUID.randomUUID())
            .build();

    assertThat(silent.mayAsk(other)).isTrue();
    silent.late(other);
    now.addAndGet(TimeUnit.MILLISECONDS.toNanos(999));
    assertThat(silent.mayAsk(other)).isFalse();
    now.addAndGet(TimeUnit.MILLISECONDS.toNanos(1));
    assertThat(silent.mayAsk(other)).isTrue();
    assertThat(silent.mayAsk(other)).isFalse();
    CompletableFuture<String> answer = new CompletableFuture<>();
    silent.watch(other, answer);
    answer.complete("late");
    assertThat(silent.mayAsk(other)).isTrue();

    silent.late(other);
    CompletableFuture<String> failure = new CompletableFuture<>();
    silent.watch(other, failure);
    failure.completeExceptionally(new IllegalStateException());
    assertThat(silent.mayAsk(other)).isFalse();
    silent.answered(other);
    assertThat(silent.mayAsk(other)).isTrue();
  }

  private static boolean await(CountDownLatch latch) {
    try {
      latch.await();
      return true;
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }
}
