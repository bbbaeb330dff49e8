package dev.cambio.gateway.load;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

class ConnectionLimitsTest {
  private final ConnectionLimits limits =
      new ConnectionLimits(6, 2, InetAddress::isLoopbackAddress);

  private boolean enter(String address) {
    return limits.enter(InetAddress.ofLiteral(address));
  }

  private void leave(String address) {
    limits.leave(InetAddress.ofLiteral(address));
  }

  @Test
  @DisplayName("one address has its own limit, and gets back what it gives back")
  void perAddress() {
    assertThat(enter("192.0.2.1")).isTrue();
    assertThat(enter("192.0.2.1")).isTrue();
    assertThat(enter("192.0.2.1")).isFalse();
    assertThat(enter("192.0.2.2")).isTrue();

    leave("192.0.2.1");

    assertThat(enter("192.0.2.1")).isTrue();
    assertThat(enter("192.0.2.1")).isFalse();
  }

  @Test
  @DisplayName("an IPv6 address counts with its /64")
  void subscribers() {
    assertThat(enter("2001:db8:1:2::1")).isTrue();
    assertThat(enter("2001:db8:1:2:ffff::2")).isTrue();
    assertThat(enter("2001:db8:1:2::3")).isFalse();
    assertThat(enter("2001:db8:1:3::1")).isTrue();
  }

  @Test
  @DisplayName("exempt addresses have the limit in all, and what is refused does not count")
  void inAll() {
    for (int i = 0; i < 6; i++) {
      assertThat(enter("127.0.0.1")).isTrue();
    }
    assertThat(enter("127.0.0.1")).isFalse();
    assertThat(enter("192.0.2.1")).isFalse();
    assertThat(limits.open()).isEqualTo(6);

    leave("127.0.0.1");

    assertThat(enter("192.0.2.1")).isTrue();
  }
}
