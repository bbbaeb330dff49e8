package dev.cambio.gateway.throttle;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.cambio.gateway.store.Payload;
import dev.cambio.gateway.tenant.Tenant;
import dev.cambio.model.net.AddressRange;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * What a tenant has set for suspicious-IP throttling of exchanges (contract token-endpoint §9).
 *
 * @param blocks whether addresses are refused; otherwise attempts are counted only
 * @param notifies whether an administrator is told of a block
 * @param allowlist addresses that are neither counted nor refused
 */
record ThrottleSettings(
    boolean enabled,
    boolean blocks,
    boolean notifies,
    List<AddressRange> allowlist,
    ThrottleStage stage) {
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
        !throttling.has("shields") || shields.contains("admin_notification"),
        allowlist(Payload.strings(throttling, "allowlist")),
        new ThrottleStage(
            stage.path("max_attempts").asInt(DEFAULT_ATTEMPTS),
            stage.path("rate").asLong(DEFAULT_RATE_MILLIS)));
  }

  private static List<AddressRange> allowlist(Set<String> entries) {
    List<AddressRange> ranges = new ArrayList<>();
    for (String entry : entries) {
      boolean range = entry.indexOf('/') >= 0;
      int bits = entry.indexOf(':') < 0 ? IPV4_BITS : IPV6_BITS;
      try {
        ranges.add(AddressRange.parse(range ? entry : entry + "/" + bits));
      } catch (IllegalArgumentException e) {
        // Refused when it is set by the API; what got past that allows nobody.
      }
    }
    return List.copyOf(ranges);
  }

  boolean allows(InetAddress address) {
    return allowlist.stream().anyMatch(range -> range.contains(address));
  }
}
