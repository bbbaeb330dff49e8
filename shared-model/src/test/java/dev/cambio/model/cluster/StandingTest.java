package dev.cambio.model.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("How a member stands to those that it has lost, and finds them")
class StandingTest {
  private final AtomicLong now = new AtomicLong();
  private final Standing standing = new Standing(now::get);

  private void lose(List<String> left, String... lost) {
    for (String address : lost) {
      standing.lost(address);
    }
    standing.members(left);
  }

  private void pass(Duration time) {
    now.addAndGet(time.toNanos());
  }

  @Test
  @DisplayName("the smaller part steps back, the larger and equal ones do not")
  void parts() {
    standing.members(List.of("b", "c", "d"));
    assertThat(standing.view().stands()).isTrue();
    assertThat(standing.view().degraded()).isFalse();

    lose(List.of("b"), "c", "d");
    assertThat(standing.view().stands()).as("two of four").isTrue();
    assertThat(standing.view().degraded()).isTrue();
    assertThat(standing.view().missing()).containsExactly("c", "d");

    lose(List.of(), "b");
    assertThat(standing.view().stands()).as("one of four").isFalse();
    assertThat(standing.view().reason()).isEqualTo("one of the smaller part: 1 of 4 members");
    standing.members(List.of("b"));
    assertThat(standing.view().stands()).isTrue();
  }

  @Test
  @DisplayName("those that have ended are not waited for, others for a minute")
  void gone() {
    standing.members(List.of("b", "c"));
    lose(List.of(), "b", "c");
    assertThat(standing.view().stands()).isFalse();
    standing.gone("b");
    assertThat(standing.view().stands()).isTrue();
    assertThat(standing.missing()).containsExactly("c");

    standing.lost("b");
    assertThat(standing.view().stands()).isFalse();
    pass(Duration.ofSeconds(61));
    assertThat(standing.view().stands()).isTrue();
    assertThat(standing.view().degraded()).isFalse();
  }

  @Test
  @DisplayName("after a pause it waits to hear whether it is still a member")
  void pausedAndStillThere() {
    standing.members(List.of("b"));
    standing.paused(Duration.ofSeconds(4));
    assertThat(standing.view().stands()).isFalse();
    assertThat(standing.view().reason())
        .isEqualTo("not yet sure to be a member after a pause of 4 s");
    pass(Duration.ofSeconds(4));
    assertThat(standing.view().stands()).isTrue();
  }

  @Test
  @DisplayName("alone after a pause, it steps back until it has merged or the others have ended")
  void pausedAndAlone() {
    standing.members(List.of("b"));
    standing.paused(Duration.ofSeconds(40));
    lose(List.of(), "b");
    pass(Duration.ofSeconds(20));
    assertThat(standing.view().reason()).isEqualTo("alone after a pause of 40 s");
    standing.merging();
    standing.members(List.of("b"));
    assertThat(standing.view().reason()).isEqualTo("merging with the larger part of the cluster");
    standing.merged();
    assertThat(standing.view().stands()).isTrue();

    standing.paused(Duration.ofSeconds(40));
    lose(List.of(), "b");
    pass(Duration.ofSeconds(20));
    assertThat(standing.view().stands()).isFalse();
    standing.gone("b");
    assertThat(standing.view().stands()).isTrue();
  }

  @Test
  @DisplayName("a node that was alone anyway may pause")
  void pausedAlone() {
    standing.paused(Duration.ofSeconds(40));
    assertThat(standing.view().stands()).isTrue();
  }

  @Test
  @DisplayName("names are resolved to all addresses each time; one that is unknown does not matter")
  void names() throws Exception {
    InetAddress four = InetAddress.getByName("192.0.2.4");
    InetAddress six = InetAddress.getByName("2001:db8::6");
    AtomicLong calls = new AtomicLong();
    MemberSearch.Resolver resolver =
        host -> {
          calls.incrementAndGet();
          return switch (host) {
            case "nodes.example" ->
                calls.get() == 1 ? new InetAddress[] {four} : new InetAddress[] {four, six};
            case "192.0.2.9" -> new InetAddress[] {InetAddress.getByName(host)};
            default -> throw new UnknownHostException(host);
          };
        };
    Set<String> failed = new HashSet<>();

    assertThat(MemberSearch.addresses(List.of("nodes.example:5701"), resolver, failed))
        .containsExactly("192.0.2.4:5701");
    assertThat(
            MemberSearch.addresses(
                List.of("nodes.example:5701", "gone.example:1", "192.0.2.9"), resolver, failed))
        .containsExactly("192.0.2.4:5701", "[2001:db8:0:0:0:0:0:6]:5701", "192.0.2.9");
    assertThat(failed).containsExactly("gone.example");
  }
}
