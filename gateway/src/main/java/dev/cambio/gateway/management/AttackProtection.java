package dev.cambio.gateway.management;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.cambio.gateway.store.Payload;
import io.netty.util.NetUtil;
import java.util.List;

/**
 * Attack protection (contract management-api §2.10). Kept in the tenant's settings, each section
 * under the name that it has in files of the deploy CLI.
 */
final class AttackProtection implements Operations.Resource {
  /** Where the tenant's settings hold it. */
  static final String MEMBER = "attack_protection";

  private static final String STAGE = "stage";
  private static final List<String> SECRETS = List.of("secret", "api_key");

  @Override
  public void register(Operations operations) {
    section(operations, "SuspiciousIpThrottling", "suspiciousIpThrottling", throttling());
    section(operations, "BruteForceProtection", "bruteForceProtection", bruteForce());
    section(operations, "BreachedPasswordDetection", "breachedPasswordDetection", breached());
    section(operations, "BotDetection", "botDetection", object());
    section(operations, "Captcha", "captcha", object());
  }

  private static void section(
      Operations operations, String operation, String name, ObjectNode defaults) {
    operations
        .on("get" + operation, call -> Answer.of(shown(TenantRow.read(call), name, defaults)))
        .on(
            "update" + operation,
            call -> {
              requireAddresses(call.object());
              ObjectNode settings = TenantRow.lock(call);
              ObjectNode protection = Payload.member(settings, MEMBER);
              protection.set(name, merged(Payload.member(protection, name), call.object()));
              settings.set(MEMBER, protection);
              TenantRow.write(call, settings);
              return Answer.of(shown(settings, name, defaults));
            });
  }

  /** Stages are merged; everything else is replaced. */
  private static ObjectNode merged(ObjectNode stored, ObjectNode given) {
    ObjectNode merged = Merge.shallow(stored, given);
    if (given.get(STAGE) instanceof ObjectNode stage) {
      merged.set(STAGE, Merge.deep(Payload.member(stored, STAGE), stage));
    }
    for (JsonNode provider : merged) {
      if (provider instanceof ObjectNode object) {
        // No CAPTCHA is ever shown, so there is no use for these: better not to have them.
        object.remove(SECRETS);
      }
    }
    return merged;
  }

  private static ObjectNode shown(ObjectNode settings, String name, ObjectNode defaults) {
    return Merge.deep(defaults, Payload.member(Payload.member(settings, MEMBER), name));
  }

  private static void requireAddresses(ObjectNode body) {
    int index = 0;
    for (JsonNode entry : body.path("allowlist")) {
      if (!isAddressOrRange(entry.asText())) {
        throw ManagementException.invalidBody(
            new Violation(
                "allowlist[" + index + "]", "Expected an IP address or a range in CIDR notation"));
      }
      index++;
    }
  }

  private static boolean isAddressOrRange(String text) {
    int slash = text.indexOf('/');
    String address = slash < 0 ? text : text.substring(0, slash);
    boolean v4 = NetUtil.isValidIpV4Address(address);
    if (!v4 && !(NetUtil.isValidIpV6Address(address) && address.matches("[0-9A-Fa-f:.]+"))) {
      return false;
    }
    String bits = text.substring(slash + 1);
    return slash < 0 || (bits.matches("[0-9]{1,3}") && Integer.parseInt(bits) <= (v4 ? 32 : 128));
  }

  private static ObjectNode throttling() {
    ObjectNode section = object().put("enabled", true);
    section.putArray("shields").add("block").add("admin_notification");
    section.putArray("allowlist");
    ObjectNode stage = section.putObject(STAGE);
    stage.putObject("pre-login").put("max_attempts", 100).put("rate", 864_000);
    stage.putObject("pre-user-registration").put("max_attempts", 50).put("rate", 1200);
    stage.putObject("pre-custom-token-exchange").put("max_attempts", 10).put("rate", 600_000);
    return section;
  }

  private static ObjectNode bruteForce() {
    ObjectNode section = object().put("enabled", true);
    section.putArray("shields").add("block");
    section.put("mode", "count_per_identifier");
    section.putArray("allowlist");
    return section.put("max_attempts", 10);
  }

  private static ObjectNode breached() {
    ObjectNode section = object().put("enabled", false);
    section.putArray("shields");
    section.putArray("admin_notification_frequency");
    section.put("method", "standard");
    section.putObject(STAGE);
    return section;
  }

  private static ObjectNode object() {
    return JsonNodeFactory.instance.objectNode();
  }
}
