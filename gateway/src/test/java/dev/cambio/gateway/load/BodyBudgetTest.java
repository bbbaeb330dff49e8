package dev.cambio.gateway.load;

import static org.assertj.core.api.Assertions.assertThat;

import dev.cambio.gateway.load.BodyBudget.Share;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

class BodyBudgetTest {
  private static final int BYTES = 1024 * 1024;
  private static final int LONG = 200 * 1024;

  private final BodyBudget budget = new BodyBudget(BYTES, "proxy"::equals);

  private Share open(String address) {
    return budget.open(address).orElseThrow();
  }

  @Test
  @DisplayName("long bodies have half of it, so that there is room for ordinary ones")
  void longOnes() {
    assertThat(open("proxy").take(LONG)).isTrue();
    assertThat(open("proxy").take(LONG)).isTrue();
    Share third = open("proxy");
    assertThat(third.take(LONG)).isFalse();
    assertThat(third.take(8 * 1024)).isTrue();
  }

  @Test
  @DisplayName("one address has a quarter, unless many stand behind it")
  void perAddress() {
    assertThat(open("192.0.2.1").take(LONG)).isTrue();
    assertThat(open("192.0.2.1").take(LONG)).isFalse();
    assertThat(open("192.0.2.2").take(LONG)).isTrue();
  }

  @Test
  @DisplayName("an IPv6 address counts with its /64, as a connection from it does")
  void subscribers() {
    Share first = open("2001:db8:1:2::1");
    assertThat(first.take(LONG)).isTrue();
    assertThat(open("2001:db8:1:2:ffff::2").take(LONG)).isFalse();
    assertThat(open("2001:db8:1:3::1").take(LONG)).isTrue();

    first.close();

    assertThat(open("2001:db8:1:2:ffff::2").take(LONG)).isTrue();
  }

  @Test
  @DisplayName("a request counts before its body comes, and what is given back is there again")
  void all() {
    List<Share> shares = new ArrayList<>();
    for (int i = 0; i < BYTES / BodyBudget.HEAD; i++) {
      shares.add(open("proxy"));
    }
    assertThat(budget.open("proxy")).isEmpty();
    assertThat(shares.getFirst().take(1)).isFalse();

    shares.getFirst().close();
    shares.getFirst().close();

    assertThat(budget.open("192.0.2.1")).isPresent();
    assertThat(budget.open("192.0.2.1")).isEmpty();
    assertThat(shares.getFirst().take(1)).isFalse();
  }

  @Test
  @DisplayName("nothing is left behind")
  void nothingLeft() {
    try (Share share = open("192.0.2.1")) {
      share.take(LONG);
      share.take(LONG);
    }
    assertThat(budget.taken()).isZero();
    assertThat(open("192.0.2.1").take(LONG)).isTrue();
  }
}
