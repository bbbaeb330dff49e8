package dev.cambio.gateway.files;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
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
      write(tenant, "TenantSettings", "tenant", "settings");
    }
  }

  /** Sends what differs: defaults that a file spells out need not be stored. */
  private void write(Entry entry, String operation, String kind, String name) {
    JsonNode before = run.get("get" + operation, Map.of());
    ObjectNode body = entry.without(Set.of());
    body.properties().removeIf(member -> same(member.getValue(), before.path(member.getKey())));
    JsonNode after =
        body.isEmpty() ? before : run.call(entry, "update" + operation, Map.of(), body);
    run.report().written(kind, name, before, after);
  }

  /** 168 hours are 168.0 hours. */
  private static boolean same(JsonNode one, JsonNode other) {
    boolean numbers = one.isNumber() && other.isNumber();
    return numbers ? one.decimalValue().compareTo(other.decimalValue()) == 0 : one.equals(other);
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
