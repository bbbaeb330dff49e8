package dev.cambio.gateway.stream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@DisplayName("Targets of webhooks")
class WebhookTargetsTest {
  private static boolean allows(WebhookTargets targets, String host, String address, int port) {
    return targets.allows(host, new InetSocketAddress(InetAddress.ofLiteral(address), port));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "127.0.0.1",
        "10.1.2.3",
        "169.254.169.254",
        "192.168.0.1",
        "0.0.0.0",
        "100.64.0.1",
        "224.0.0.1",
        "::1",
        "::",
        "fe80::1",
        "fd00::1",
        "ff02::1",
        "2001:db8::1",
        "2002:7f00:1::",
        "64:ff9b::7f00:1",
      })
  @DisplayName("are not private, local, reserved or embedding addresses")
  void deniesOthers(String address) {
    assertThat(allows(WebhookTargets.opening(List.of()), "name.example", address, 443)).isFalse();
  }

  @ParameterizedTest
  @ValueSource(strings = {"8.8.8.8", "2606:4700::1111"})
  @DisplayName("are public addresses")
  void allowsPublic(String address) {
    assertThat(allows(WebhookTargets.opening(List.of()), "name.example", address, 443)).isTrue();
  }

  @Test
  @DisplayName("are also what the operator opens, and nothing beside it")
  void allowsOpened() {
    WebhookTargets targets =
        WebhookTargets.opening(List.of("siem.internal:8443", "10.1.0.0/16", "::1/128:9443"));

    assertThat(allows(targets, "SIEM.internal", "192.168.0.1", 8443)).isTrue();
    assertThat(allows(targets, "siem.internal", "192.168.0.1", 443)).isFalse();
    assertThat(allows(targets, "other.internal", "192.168.0.1", 8443)).isFalse();
    assertThat(allows(targets, "x", "10.1.9.9", 443)).isTrue();
    assertThat(allows(targets, "x", "10.2.9.9", 443)).isFalse();
    assertThat(allows(targets, "x", "::1", 9443)).isTrue();
    assertThat(allows(targets, "x", "::1", 443)).isFalse();
  }

  @ParameterizedTest
  @ValueSource(strings = {"host", "host:0", "host:x", "10.0.0.0/33", "ten/8", ":1", "10.0.0.0/8:0"})
  @DisplayName("cannot be opened by what is neither host:port nor a range")
  void refusesNonsense(String item) {
    assertThatThrownBy(() -> WebhookTargets.opening(List.of(item)))
        .isInstanceOf(IllegalArgumentException.class);
  }
}
