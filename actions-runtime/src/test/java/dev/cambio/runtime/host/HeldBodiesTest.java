package dev.cambio.runtime.host;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("Bodies that the node holds for all runs")
class HeldBodiesTest {
  private final HeldBodies bodies = new HeldBodies(100);

  @Test
  @DisplayName("one tenant has no more than three quarters, all together no more than there is")
  void shares() throws Exception {
    HeldBodies.Share first = bodies.open("a");
    first.take(50);
    HeldBodies.Share second = bodies.open("a");
    second.take(25);
    assertThatThrownBy(() -> second.take(1))
        .isInstanceOf(FetchFailure.class)
        .hasMessageContaining("no memory left");
    HeldBodies.Share other = bodies.open("b");
    other.take(25);
    assertThatThrownBy(() -> bodies.open("c").take(1)).isInstanceOf(FetchFailure.class);

    first.close();
    second.take(40);
    assertThat(bodies.held()).isEqualTo(90);
  }

  @Test
  @DisplayName("what was given back is given back once, and what comes later is not held")
  void givesBackOnce() throws Exception {
    HeldBodies.Share share = bodies.open("a");
    share.take(60);
    share.close();
    share.close();
    share.take(60);

    assertThat(bodies.held()).isZero();
  }
}
