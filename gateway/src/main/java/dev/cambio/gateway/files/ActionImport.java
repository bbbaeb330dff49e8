package dev.cambio.gateway.files;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.cambio.gateway.action.ActionSyntax;
import dev.cambio.model.action.ActionVersion;
import dev.cambio.model.action.Trigger;
import dev.cambio.model.bus.Json;
import io.vertx.core.buffer.Buffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/** Actions: the draft, and a new deployed version where the draft differs from the deployed one. */
record ActionImport(ImportRun run, TenantFiles files, ActionSyntax syntax, Set<String> packages) {
  private static final Schema SCHEMA =
      new Schema()
          .strings("name", "code", "runtime", "status")
          .flags("deployed")
          .lists("dependencies", "secrets", "supported_triggers", "modules");
  private static final Schema TRIGGER = new Schema().strings("id", "version");
  private static final Schema DEPENDENCY = new Schema().strings("name", "version", "registry_url");
  private static final List<String> RUNTIMES =
      List.of("node18", "node18-actions", "node20", "node22");

  /** What the Management API knows (contract actions-runtime §2.2); two of these are executed. */
  private static final List<String> TRIGGERS =
      List.of(
          "post-login",
          "credentials-exchange",
          "pre-user-registration",
          "post-user-registration",
          "post-change-password",
          "send-phone-message",
          "custom-phone-provider",
          "custom-email-provider",
          "password-reset-post-challenge",
          "custom-token-exchange",
          "event-stream",
          "password-hash-migration",
          "login-post-identifier",
          "signup-post-identifier");

  private static final int MAX_CODE_BYTES = 100 * 1024;
  private static final int MAX_DEPENDENCIES = 10;

  private static final String UPSERT =
      """
      insert into action as a
        (tenant_id, id, name, supported_triggers, draft, sealed_secrets, created_at, updated_at)
      values ($1, $2, $3, $4::text::jsonb, $5::text::jsonb, $6, $7, $7)
      on conflict (tenant_id, id) do update
      set supported_triggers = excluded.supported_triggers, draft = excluded.draft,
          sealed_secrets = excluded.sealed_secrets, updated_at = excluded.updated_at
      where (a.supported_triggers, a.draft, a.sealed_secrets)
        is distinct from (excluded.supported_triggers, excluded.draft, excluded.sealed_secrets)
      """;

  private static final String SAME_VERSION =
      """
      select v.id from action a
      join action_version v on v.tenant_id = a.tenant_id and v.id = a.deployed_version_id
      where a.tenant_id = $1 and a.id = $2 and v.content_hash = $3
        and v.payload = $4::text::jsonb and v.sealed_secrets = $5
      """;

  void importAll(Entry root) {
    for (Entry entry : root.distinct("actions", "name")) {
      SCHEMA.check(entry);
      importOne(entry);
    }
  }

  private void importOne(Entry entry) {
    String name = entry.text("name");
    String source = source(entry);
    ArrayNode triggers = triggers(entry);
    ObjectNode draft = draft(entry, source);
    String id =
        run.text("select id from action where tenant_id = $1 and name = $2", name)
            .orElseGet(run.ids()::uuid);
    ActionSecrets secrets = ActionSecrets.of(run, entry, id);
    run.write(
        "actions",
        UPSERT,
        id,
        name,
        Json.write(triggers),
        Json.write(draft),
        secrets.sealed(),
        run.now());
    if (entry.flag("deployed", false)) {
      ObjectNode version = draft.without("code");
      version.set("supported_triggers", triggers);
      version.set("secrets", secrets.names());
      deploy(id, source, Json.write(version), secrets.sealed());
    }
  }

  private void deploy(String actionId, String source, String payload, Buffer secrets) {
    String hash = ActionVersion.hashOf(source);
    if (run.exists(SAME_VERSION, actionId, hash, payload, secrets)) {
      return;
    }
    run.queries()
        .execute(
            run.tenantId(),
            "insert into action_code (tenant_id, content_hash, source) values ($1, $2, $3)"
                + " on conflict do nothing",
            hash,
            source);
    String versionId = run.ids().uuid();
    run.write(
        "action versions",
        """
        insert into action_version
          (tenant_id, id, action_id, number, content_hash, payload, sealed_secrets, created_at)
        select $1, $2, $3, coalesce(max(number), 0) + 1, $4, $5::text::jsonb, $6, $7
        from action_version where tenant_id = $1 and action_id = $3
        """,
        versionId,
        actionId,
        hash,
        payload,
        secrets,
        run.now());
    run.queries()
        .execute(
            run.tenantId(),
            "update action set deployed_version_id = $3 where tenant_id = $1 and id = $2",
            actionId,
            versionId);
  }

  private String source(Entry entry) {
    String source = files.sideFile(entry, "code");
    if (source.getBytes(StandardCharsets.UTF_8).length > MAX_CODE_BYTES) {
      throw entry.at("code").problem("is larger than 100 kB");
    }
    syntax
        .problem(source)
        .ifPresent(
            problem -> {
              throw entry.at("code").problem(entry.text("code") + ": " + problem);
            });
    return source;
  }

  private static ArrayNode triggers(Entry entry) {
    ArrayNode triggers = JsonNodeFactory.instance.arrayNode();
    for (Entry trigger : entry.distinct("supported_triggers", "id")) {
      TRIGGER.check(trigger);
      trigger.oneOf("id", TRIGGERS);
      String id = trigger.text("id");
      ObjectNode json = triggers.addObject().put("id", id);
      trigger
          .optionalText("version")
          .or(() -> Trigger.find(id).map(Trigger::version))
          .ifPresent(version -> json.put("version", version));
    }
    if (triggers.isEmpty()) {
      throw entry.at("supported_triggers").problem("must name a trigger");
    }
    return triggers;
  }

  private ObjectNode draft(Entry entry, String source) {
    entry.oneOf("runtime", RUNTIMES);
    if (!entry.list("modules").isEmpty()) {
      throw entry.at("modules").problem("are not supported by this version");
    }
    ObjectNode draft =
        JsonNodeFactory.instance
            .objectNode()
            .put("code", source)
            .put("runtime", entry.optionalText("runtime").orElse("node22"));
    draft.set("dependencies", dependencies(entry));
    draft.putArray("modules");
    return draft;
  }

  private ArrayNode dependencies(Entry entry) {
    List<Entry> dependencies = entry.distinct("dependencies", "name");
    if (dependencies.size() > MAX_DEPENDENCIES) {
      throw entry.at("dependencies").problem("are more than 10");
    }
    ArrayNode json = JsonNodeFactory.instance.arrayNode();
    for (Entry dependency : dependencies) {
      DEPENDENCY.check(dependency);
      String name = dependency.text("name");
      if (!packages.contains(name)) {
        throw dependency
            .at("name")
            .problem(
                "this version installs no packages; '%s' is not one of those it brings: %s"
                    .formatted(name, packages.stream().sorted().collect(Collectors.joining(", "))));
      }
      Optional<String> version = dependency.optionalText("version").filter(v -> !v.isEmpty());
      json.addObject().put("name", name).put("version", version.orElse("latest"));
    }
    return json;
  }
}
