package dev.cambio.model.net;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.InetAddress;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class EgressPolicyTest {

  private static boolean allows(EgressPolicy policy, String host, int port, String address) {
    return policy.allows(host, port, InetAddress.ofLiteral(address));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "0.0.0.0",
        "10.1.2.3",
        "100.64.0.1",
        "127.0.0.1",
        "127.255.255.254",
        "169.254.169.254",
        "172.16.0.1",
        "172.31.255.255",
        "192.168.1.1",
        "198.18.0.1",
        "224.0.0.1",
        "255.255.255.255",
        "::",
        "::1",
        "::ffff:10.0.0.1",
        "::10.0.0.1",
        "64:ff9b::a00:1",
        "64:ff9b:1::a00:1",
        "100::1",
        "2001::1",
        "2001:db8::1",
        "2001:0:4136:e378:8000:63bf:3fff:fdd2",
        "2001:2::1",
        "2001:20::1",
        "2002:a00:1::1",
        "2002:101:101::1",
        "3fff::1",
        "64:ff9b::7f00:1",
        "64:ff9b::a9fe:a9fe",
        "64:ff9b:1::101:101",
        "::ffff:127.0.0.1",
        "::ffff:169.254.169.254",
        "::127.0.0.1",
        "0.1.2.3",
        "192.0.0.1",
        "192.0.2.1",
        "192.88.99.1",
        "198.19.255.255",
        "198.51.100.7",
        "203.0.113.7",
        "239.255.255.255",
        "240.0.0.1",
        "fc00::1",
        "fd00:ec2::254",
        "fe80::1",
        "fec0::1",
        "ff02::1",
      })
  void deniesWhatIsNotPublic(String address) {
    assertThat(allows(EgressPolicy.opening(List.of()), "x.example", 443, address)).isFalse();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "1.1.1.1",
        "172.32.0.1",
        "100.128.0.1",
        "2606:4700::1111",
        "64:ff9b::101:101",
        "::ffff:1.1.1.1",
      })
  void allowsWhatIsPublic(String address) {
    assertThat(allows(EgressPolicy.opening(List.of()), "x.example", 443, address)).isTrue();
  }

  @Test
  void opensExactlyOneHostAndPort() {
    EgressPolicy policy = EgressPolicy.opening(List.of("Internal.example:8080", "[::1]:80"));

    assertThat(allows(policy, "internal.example", 8080, "10.0.0.1")).isTrue();
    assertThat(allows(policy, "internal.example", 8081, "10.0.0.1")).isFalse();
    assertThat(allows(policy, "x.internal.example", 8080, "10.0.0.1")).isFalse();
    assertThat(allows(policy, "::1", 80, "::1")).isTrue();
  }

  @Test
  void opensRanges() {
    EgressPolicy policy = EgressPolicy.opening(List.of("10.1.0.0/16", "fd00::/9:443"));

    assertThat(allows(policy, "any", 1, "10.1.2.3")).isTrue();
    assertThat(allows(policy, "any", 1, "10.2.2.3")).isFalse();
    assertThat(allows(policy, "any", 443, "fd00::1")).isTrue();
    assertThat(allows(policy, "any", 80, "fd00::1")).isFalse();
    assertThat(allows(policy, "any", 443, "fd80::1")).isFalse();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"host", "host:0", "host:x", "10.0.0.0/33", "10.0.0.0/8:0", "example.com/8", ":80"})
  void refusesWhatItDoesNotUnderstand(String item) {
    assertThatThrownBy(() -> EgressPolicy.opening(List.of(item)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining(item);
  }
}
