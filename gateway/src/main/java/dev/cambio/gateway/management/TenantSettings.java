package dev.cambio.gateway.management;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;

/** The settings of the tenant (contract management-api §2.14). */
final class TenantSettings implements Operations.Resource {
  /** Have resources of their own. */
  private static final List<String> ELSEWHERE = List.of(AttackProtection.MEMBER, Guardian.MEMBER);

  private static final String FLAGS = "flags";
  private static final String MINUTES = "_in_minutes";
  private static final int MINUTES_PER_HOUR = 60;

  /** Kept in minutes, shown in hours. */
  private static final List<String> LIFETIMES =
      List.of(
          "session_lifetime",
          "idle_session_lifetime",
          "ephemeral_session_lifetime",
          "idle_ephemeral_session_lifetime");

  @Override
  public void register(Operations operations) {
    operations
        .on("getTenantSettings", call -> Answer.of(Fields.of(call, shown(TenantRow.read(call)))))
        .on("updateTenantSettings", TenantSettings::update);
  }

  private static Answer update(Call call) {
    ObjectNode body = call.object();
    ObjectNode given = inMinutes(body);
    ObjectNode stored = inMinutes(TenantRow.lock(call));
    ObjectNode settings = Merge.shallow(stored, given);
    if (given.get(FLAGS) instanceof ObjectNode flags) {
      ObjectNode before =
          stored.get(FLAGS) instanceof ObjectNode under
              ? under
              : JsonNodeFactory.instance.objectNode();
      settings.set(FLAGS, Merge.shallow(before, flags));
    }
    TenantRow.write(call, settings);
    return Answer.of(shown(settings));
  }

  /** The same with every lifetime in minutes; where both forms are given, minutes count. */
  private static ObjectNode inMinutes(ObjectNode settings) {
    ObjectNode converted = settings.deepCopy();
    for (String lifetime : LIFETIMES) {
      JsonNode hours = converted.remove(lifetime);
      if (hours != null && !converted.has(lifetime + MINUTES)) {
        if (hours.isNull()) {
          converted.putNull(lifetime + MINUTES);
        } else {
          converted.put(lifetime + MINUTES, Math.round(hours.asDouble() * MINUTES_PER_HOUR));
        }
      }
    }
    return converted;
  }

  private static ObjectNode shown(ObjectNode stored) {
    ObjectNode settings = Merge.deep(defaults(), inMinutes(stored));
    settings.remove(ELSEWHERE);
    for (String lifetime : LIFETIMES) {
      JsonNode minutes = settings.remove(lifetime + MINUTES);
      if (minutes != null) {
        long whole = minutes.asLong();
        if (whole % MINUTES_PER_HOUR == 0) {
          settings.put(lifetime, whole / MINUTES_PER_HOUR);
        } else {
          settings.put(lifetime, (double) whole / MINUTES_PER_HOUR);
        }
      }
    }
    return settings;
  }

  /** What the settings are where nobody has said. */
  private static ObjectNode defaults() {
    ObjectNode defaults =
        JsonNodeFactory.instance
            .objectNode()
            .put("default_audience", "")
            .put("default_directory", "")
            .put("allow_organization_name_in_authentication_api", false)
            .put("resource_parameter_profile", "compatibility")
            .put("customize_mfa_in_postlogin_action", false)
            .put("pushed_authorization_requests_supported", false)
            .put("sandbox_version", "22")
            .put("session_lifetime" + MINUTES, 168 * MINUTES_PER_HOUR)
            .put("idle_session_lifetime" + MINUTES, 72 * MINUTES_PER_HOUR);
    defaults.putArray("sandbox_versions_available").add("22");
    defaults.putArray("enabled_locales").add("en");
    defaults.putArray("allowed_logout_urls");
    defaults.putObject(FLAGS);
    return defaults;
  }
}
