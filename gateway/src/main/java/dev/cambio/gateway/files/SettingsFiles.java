package dev.cambio.gateway.files;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;

/** The tenant's settings and its attack protection. What the files do not say stays as it is. */
record SettingsFiles(ImportRun run) {
  /** Keys of the files, and what the operations call them. */
  static final Map<String, String> PROTECTIONS = protections();

  private static Map<String, String> protections() {
    Map<String, String> names = new LinkedHashMap<>();
    names.put("suspiciousIpThrottling", "SuspiciousIpThrottling");
    names.put("bruteForceProtection", "BruteForceProtection");
    names.put("breachedPasswordDetection", "BreachedPasswordDetection");
    names.put("botDetection", "BotDetection");
    names.put("captcha", "Captcha");
    return names;
  }

  void importTenant(Entry root) {
    Entry tenant = root.object("tenant");
    if (!tenant.json().isEmpty()) {
      JsonNode before = run.get("getTenantSettings", Map.of());
      JsonNode after = run.call(tenant, "updateTenantSettings", Map.of(), tenant.without(Set.of()));
      run.report().written("tenant", "settings", before, after);
    }
  }

  void importProtection(Entry root) {
    Entry protection = root.object("attackProtection");
    for (Map.Entry<String, JsonNode> member : protection.json().properties()) {
      String name = PROTECTIONS.get(member.getKey());
      if (name == null) {
        throw protection.problem("Additional properties not allowed: " + member.getKey());
      }
      Entry section = protection.object(member.getKey());
      if (!section.json().isEmpty()) {
        write(section, name, "attack protection", member.getKey());
      }
    }
  }
}
