package dev.cambio.gateway.throttle;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.cambio.gateway.store.Payload;
import dev.cambio.gateway.tenant.Tenant;
import io.netty.handler.ipfilter.IpFilterRuleType;
import io.netty.handler.ipfilter.IpSubnetFilterRule;
import io.netty.util.NetUtil;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * What a tenant has set for suspicious-IP throttling of exchanges (contract token-endpoint §9).
 *
 * @param blocks whether addresses are refused; otherwise attempts are counted only
 * @param allowlist addresses that are neither counted nor refused
 */
record ThrottleSettings(
    boolean enabled, boolean blocks, List<IpSubnetFilterRule> allowlist, ThrottleStage stage) {
  static final String STAGE = "pre-custom-token-exchange";

  private static final int DEFAULT_ATTEMPTS = 10;
  private static final long DEFAULT_RATE_MILLIS = 600_000;
  private static final int IPV4_BITS = 32;
  private static final int IPV6_BITS = 128;

  static ThrottleSettings of(Tenant tenant) {
    ObjectNode throttling =
        Payload.member(
            Payload.member(tenant.settings(), "attack_protection"), "suspiciousIpThrottling");
    JsonNode stage = throttling.path("stage").path(STAGE);
    Set<String> shields = Payload.strings(throttling, "shields");
    return new ThrottleSettings(
        throttling.path("enabled").asBoolean(true),
        !throttling.has("shields") || shields.contains("block"),
        allowlist(Payload.strings(throttling, "allowlist")),
        new ThrottleStage(
            stage.path("max_attempts").asInt(DEFAULT_ATTEMPTS),
            stage.path("rate").asLong(DEFAULT_RATE_MILLIS)));
  }

  private static List<IpSubnetFilterRule> allowlist(Set<String> entries) {
    List<IpSubnetFilterRule> rules = new ArrayList<>();
    for (String entry : entries) {
      int slash = entry.indexOf('/');
      String address = slash < 0 ? entry : entry.substring(0, slash);
      InetAddress parsed = NetUtil.createInetAddressFromIpAddressString(address);
      if (parsed != null) {
        int bits = parsed.getAddress().length == 4 ? IPV4_BITS : IPV6_BITS;
        int prefix = slash < 0 ? bits : Integer.parseInt(entry.substring(slash + 1));
        rules.add(new IpSubnetFilterRule(parsed, prefix, IpFilterRuleType.ACCEPT));
      }
    }
    return List.copyOf(rules);
  }

  boolean allows(InetAddress address) {
    InetSocketAddress from = new InetSocketAddress(address, 0);
    return allowlist.stream().anyMatch(rule -> rule.matches(from));
  }
}
