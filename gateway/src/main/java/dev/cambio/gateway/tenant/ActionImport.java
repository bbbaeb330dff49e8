package dev.cambio.gateway.tenant;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.cambio.gateway.action.Actions;
import dev.cambio.model.bus.Json;
import io.vertx.core.buffer.Buffer;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Actions: the draft, and a new deployed version where the draft differs from the deployed one. */
record ActionImport(ImportRun run, TenantFiles files, ActionSyntax syntax) {
  private static final Set<String> KNOWN =
      Set.of(
          "name",
          "code",
          "runtime",
          "deployed",
          "status",
          "dependencies",
          "secrets",
          "supported_triggers",
          "modules");
  private static final Set<String> RUNTIMES =
      Set.of("node18", "node18-actions", "node20", "node22");
  private static final int MAX_CODE_BYTES = 100 * 1024;
  private static final int MAX_DEPENDENCIES = 10;
  private static final int MAX_SECRETS = 30;
  private static final int MAX_SECRET_NAME = 128;
  private static final int MAX_SECRET_VALUE = 4096;

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
    for (Entry entry : root.list("actions")) {
      entry.requireKnown(KNOWN);
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
    Buffer secrets = secrets(entry, id);
    run.write(
        "actions", UPSERT, id, name, Json.write(triggers), Json.write(draft), secrets, run.now());
    if (entry.flag("deployed", false)) {
      deploy(id, source, triggers, draft, secrets);
    }
  }

  private void deploy(
      String actionId, String source, ArrayNode triggers, ObjectNode draft, Buffer secrets) {
    String hash = sha256(source);
    ObjectNode payload = draft.deepCopy();
    payload.remove("code");
    payload.set("supported_triggers", triggers);
    String json = Json.write(payload);
    if (run.text(SAME_VERSION, actionId, hash, json, secrets).isPresent()) {
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
        json,
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
    for (Entry trigger : entry.list("supported_triggers")) {
      ObjectNode json = triggers.addObject().put("id", trigger.text("id"));
      trigger.optionalText("version").ifPresent(version -> json.put("version", version));
    }
    if (triggers.isEmpty()) {
      throw entry.at("supported_triggers").problem("must name a trigger");
    }
    return triggers;
  }

  private static ObjectNode draft(Entry entry, String source) {
    String runtime = entry.optionalText("runtime").orElse("node22");
    if (!RUNTIMES.contains(runtime)) {
      throw entry.at("runtime").problem("'" + runtime + "' is not one of " + RUNTIMES);
    }
    ObjectNode draft =
        JsonNodeFactory.instance.objectNode().put("code", source).put("runtime", runtime);
    ArrayNode dependencies = draft.putArray("dependencies");
    for (Entry dependency : entry.list("dependencies")) {
      dependencies
          .addObject()
          .put("name", dependency.text("name"))
          .put("version", dependency.optionalText("version").orElse("latest"));
    }
    if (dependencies.size() > MAX_DEPENDENCIES) {
      throw entry.at("dependencies").problem("are more than 10");
    }
    draft.putArray("modules");
    return draft;
  }

  /** The secrets given; one without a value keeps the stored one (§4.2). */
  private Buffer secrets(Entry entry, String actionId) {
    Optional<byte[]> stored =
        run.bytes("select sealed_secrets from action where tenant_id = $1 and id = $2", actionId);
    String context = Actions.secretsContext(run.tenantId(), actionId);
    ObjectNode kept =
        stored.map(bytes -> open(bytes, context)).orElseGet(JsonNodeFactory.instance::objectNode);
    ObjectNode secrets = JsonNodeFactory.instance.objectNode();
    List<Entry> given = entry.list("secrets");
    if (given.size() > MAX_SECRETS) {
      throw entry.at("secrets").problem("are more than 30");
    }
    for (Entry secret : given) {
      String name = secret.text("name");
      String value =
          secret
              .optionalText("value")
              .or(() -> Optional.ofNullable(kept.path(name).textValue()))
              .orElseThrow(() -> secret.at("value").problem("is required for a new secret"));
      if (name.length() > MAX_SECRET_NAME || value.length() > MAX_SECRET_VALUE) {
        throw secret.problem("name or value is too long");
      }
      secrets.put(name, value);
    }
    return run.sealed(Json.writeBytes(secrets), context, stored);
  }

  private ObjectNode open(byte[] sealed, String context) {
    try {
      JsonNode json = Json.parse(run.seal().open(sealed, context));
      return (ObjectNode) json;
    } catch (IOException e) {
      throw new IllegalStateException("an Action's secrets are not readable", e);
    }
  }

  private static String sha256(String source) {
    try {
      byte[] hash =
          MessageDigest.getInstance("SHA-256").digest(source.getBytes(StandardCharsets.UTF_8));
      return HexFormat.of().formatHex(hash);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }
}
