package dev.cambio.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("Shares of what there is")
class SharesTest {
  private final Shares shares = new Shares(new Shares.Limits(8, 6, 4, 3));

  private static Claimant who(String tenant, String action, String client) {
    return new Claimant(tenant, action, client);
  }

  private int takeAll(Claimant who) {
    int taken = 0;
    while (shares.hasRoomFor(who)) {
      shares.take(who);
      taken++;
    }
    return taken;
  }

  @Test
  @DisplayName("each client, Action and tenant leaves something to the next, and gets back its own")
  void eachLeavesSome() {
    assertThat(takeAll(who("a", "x", "1"))).isEqualTo(3);
    assertThat(takeAll(who("a", "x", "2"))).isEqualTo(1);
    assertThat(takeAll(who("a", "y", "1"))).isEqualTo(2);
    assertThat(takeAll(who("a", "z", "1"))).isZero();
    assertThat(shares.taken()).isEqualTo(6);

    shares.giveBack(who("a", "x", "2"));
    assertThat(takeAll(who("a", "x", "1"))).isZero();
    assertThat(takeAll(who("a", "z", "1"))).isEqualTo(1);
  }

  @Test
  @DisplayName("two tenants together do not take the last one, and a third that has none gets it")
  void theLastIsKept() {
    takeAll(who("a", "x", "1"));
    assertThat(takeAll(who("b", "x", "1"))).isEqualTo(3);
    assertThat(takeAll(who("b", "y", "1"))).isEqualTo(1);
    assertThat(takeAll(who("a", "y", "1"))).isZero();

    assertThat(takeAll(who("c", "x", "1"))).isEqualTo(1);
    assertThat(takeAll(who("d", "x", "1"))).isZero();
  }

  @Test
  @DisplayName("where a tenant may have all, it has all")
  void allOfThem() {
    Shares small = new Shares(new Shares.Limits(2, 2, 2, 2));
    small.take(who("a", "x", "1"));

    assertThat(small.hasRoomFor(who("a", "x", "1"))).isTrue();
  }
}
