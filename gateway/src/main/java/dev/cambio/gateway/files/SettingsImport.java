package dev.cambio.gateway.files;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.cambio.gateway.management.Merge;
import dev.cambio.gateway.store.Payload;
import dev.cambio.gateway.tenant.TenantHosts;
import dev.cambio.model.bus.Json;
import java.util.List;

/**
 * The tenant itself: its domain, its settings, and its attack protection, which is kept among them.
 * What the files do not say stays as it is.
 */
record SettingsImport(ImportRun run) {
  private static final String PROTECTION = "attack_protection";
  private static final Schema PROTECTIONS =
      new Schema()
          .mappings(
              "suspiciousIpThrottling",
              "bruteForceProtection",
              "breachedPasswordDetection",
              "botDetection",
              "captcha");
  private static final Schema THROTTLING =
      new Schema().flags("enabled").stringLists("shields", "allowlist").mappings("stage");
  private static final Schema STAGES =
      new Schema().mappings("pre-login", "pre-user-registration", "pre-custom-token-exchange");
  private static final Schema STAGE = new Schema().numbers("max_attempts", "rate");
  private static final int MAX_ALLOWLIST = 100;
  private static final long MAX_RATE = 86_400_000;

  void importTenant(Entry root, String domain) {
    requireFree(root, domain);
    Entry tenant = root.object("tenant");
    ObjectNode stored = stored();
    ObjectNode settings = Merge.shallow(stored, tenant.json());
    if (tenant.has("flags")) {
      // Merged one by one (contract management-api §2.14).
      settings.set(
          "flags", Merge.shallow(Payload.member(stored, "flags"), tenant.object("flags").json()));
    }
    protection(settings, root.object("attackProtection"));
    run.write(
        "tenant",
        """
        insert into tenant (id, domain, settings) values ($1, $2, $3::text::jsonb)
        on conflict (id) do update set domain = excluded.domain, settings = excluded.settings
        where (tenant.domain, tenant.settings) is distinct from (excluded.domain, excluded.settings)
        """,
        domain,
        Json.write(settings));
  }

  private void requireFree(Entry root, String domain) {
    try {
      TenantHosts.requireFree(run.queries(), run.tenantId(), domain);
    } catch (IllegalArgumentException e) {
      throw root.problem(String.valueOf(e.getMessage()));
    }
  }

  /** Locked, so that imports of the same tenant follow each other. */
  private ObjectNode stored() {
    return run.queries()
        .first(
            run.tenantId(),
            "select $1::text, settings::text as settings from tenant where id = $1 for update",
            row -> Payload.object(row, "settings"))
        .orElseGet(JsonNodeFactory.instance::objectNode);
  }

  private static void protection(ObjectNode settings, Entry protection) {
    PROTECTIONS.check(protection);
    Entry throttling = protection.object("suspiciousIpThrottling");
    THROTTLING.check(throttling);
    for (String shield : throttling.texts("shields")) {
      if (!List.of("block", "admin_notification").contains(shield)) {
        throw throttling.at("shields").problem("'" + shield + "' is not a shield");
      }
    }
    if (throttling.texts("allowlist").size() > MAX_ALLOWLIST) {
      throw throttling.at("allowlist").problem("has more than 100 entries");
    }
    Entry stages = throttling.object("stage");
    STAGES.check(stages);
    checkStage(stages, "pre-login", 2500, 34_560);
    checkStage(stages, "pre-user-registration", 72_000, 1200);
    checkStage(stages, "pre-custom-token-exchange", 2500, 1200);
    if (!protection.json().isEmpty()) {
      settings.set(PROTECTION, Merge.deep(Payload.member(settings, PROTECTION), protection.json()));
    }
  }

  private static void checkStage(Entry stages, String name, long maxAttempts, long minRate) {
    if (stages.has(name)) {
      Entry stage = stages.object(name);
      STAGE.check(stage);
      stage.range("max_attempts", 1, maxAttempts);
      stage.range("rate", minRate, MAX_RATE);
    }
  }
}
