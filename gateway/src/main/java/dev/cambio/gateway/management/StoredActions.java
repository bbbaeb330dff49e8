package dev.cambio.gateway.management;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.cambio.gateway.packages.PackageBuilds;
import dev.cambio.gateway.store.Payload;
import dev.cambio.gateway.store.SecretSeal;
import dev.cambio.model.action.ActionProgram;
import dev.cambio.model.action.ActionVersion;
import dev.cambio.model.bus.Json;
import io.vertx.sqlclient.Row;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Actions and their versions as the database has them. */
record StoredActions(SecretSeal seal) {
  /** Versions of an Action that are kept; the draft makes it 50 (contract actions-runtime §3). */
  private static final int MAX_VERSIONS = 49;

  /** What {@link #action} reads. */
  static final String COLUMNS =
      """
      a.id, a.name, a.supported_triggers::text, a.draft::text, a.sealed_secrets, \
      a.secret_dates::text, a.build::text, a.created_at, a.updated_at, v.id as version_id, \
      v.number, v.payload::text, v.sealed_secrets as version_secrets, \
      v.created_at as version_created_at, v.build_id as version_build_id, c.source, \
      """
          + PackageBuilds.COLUMNS;

  /** Where {@link #COLUMNS} come from. */
  static final String FROM =
      """
      action a
      left join action_version v on v.tenant_id = a.tenant_id and v.id = a.deployed_version_id
      left join action_code c on c.tenant_id = v.tenant_id and c.content_hash = v.content_hash
      left join action_build p on p.tenant_id = a.tenant_id and p.id = a.build_id\
      """;

  /** What {@link #version} reads, from {@link #VERSIONS_FROM}. */
  static final String VERSION_COLUMNS =
      """
      v.action_id as id, v.id as version_id, v.number, v.payload::text, \
      v.sealed_secrets as version_secrets, v.created_at as version_created_at, \
      v.build_id as version_build_id, c.source\
      """;

  static final String VERSIONS_FROM =
      """
      action_version v
      join action_code c on c.tenant_id = v.tenant_id and c.content_hash = v.content_hash\
      """;

  StoredAction require(Call call, String id) {
    return find(call, id)
        .orElseThrow(() -> ManagementException.notFound("action", "The Action does not exist."));
  }

  Optional<StoredAction> find(Call call, String id) {
    return call.rows()
        .first(
            "select " + COLUMNS + " from " + FROM + " where a.tenant_id = $1 and a.id = $2",
            row -> action(call, row),
            id);
  }

  /**
   * The Action, which nobody else changes before the transaction ends. The lock comes first: a join
   * that waits for a lock would go on with the version that was live before.
   */
  Optional<StoredAction> lock(Call call, String id) {
    return call.rows()
            .exists("select id from action where tenant_id = $1 and id = $2 for update", id)
        ? find(call, id)
        : Optional.empty();
  }

  StoredAction requireLocked(Call call, String id) {
    return lock(call, id)
        .orElseThrow(() -> ManagementException.notFound("action", "The Action does not exist."));
  }

  StoredVersion requireVersion(Call call, String actionId, String id) {
    return call.rows()
        .first(
            "select "
                + VERSION_COLUMNS
                + " from "
                + VERSIONS_FROM
                + " where v.tenant_id = $1 and v.action_id = $2 and v.id = $3",
            row -> version(call, row),
            actionId,
            id)
        .orElseThrow(
            () ->
                ManagementException.notFound("action_version", "The Action has no such version."));
  }

  StoredAction action(Call call, Row row) {
    String id = row.getString("id");
    ObjectNode draft = Payload.object(row, "draft");
    ObjectNode build = Payload.object(row, "build");
    OffsetDateTime updatedAt = row.getOffsetDateTime("updated_at");
    ActionContent content =
        new ActionContent(
            draft.path("code").asText(),
            draft.path("runtime").asText(),
            array(row, "supported_triggers"),
            draft.withArray("dependencies"),
            ActionSecrets.open(
                seal,
                call.tenant().id(),
                id,
                row.getBuffer("sealed_secrets"),
                Payload.object(row, "secret_dates"),
                updatedAt),
            draft.withArray("modules"));
    return new StoredAction(
        id,
        row.getString("name"),
        content,
        new ActionBuild(
            build.withArray("errors"),
            build.has("at") ? OffsetDateTime.parse(build.path("at").asText()) : updatedAt,
            PackageBuilds.build(row)),
        row.getString("version_id") == null ? Optional.empty() : Optional.of(version(call, row)),
        row.getOffsetDateTime("created_at"),
        updatedAt);
  }

  StoredVersion version(Call call, Row row) {
    String actionId = row.getString("id");
    ObjectNode payload = Payload.object(row, "payload");
    OffsetDateTime createdAt = row.getOffsetDateTime("version_created_at");
    ActionContent content =
        new ActionContent(
            row.getString("source"),
            payload.path("runtime").asText(),
            payload.withArray("supported_triggers"),
            payload.withArray("dependencies"),
            ActionSecrets.open(
                seal,
                call.tenant().id(),
                actionId,
                row.getBuffer("version_secrets"),
                Payload.member(payload, "secret_dates"),
                createdAt),
            payload.withArray("modules"));
    return new StoredVersion(
        row.getString("version_id"),
        actionId,
        row.getInteger("number"),
        content,
        Optional.ofNullable(row.getString("version_build_id")),
        createdAt);
  }

  private static ArrayNode array(Row row, String column) {
    try {
      return (ArrayNode) Json.parse(row.getString(column));
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("column " + column + " is not JSON", e);
    }
  }

  /** Creates an Action; false if there is one of that name or id. */
  boolean insert(Call call, String id, String name, ActionContent draft, ActionBuild build) {
    return call.rows()
            .execute(
                """
                insert into action
                  (tenant_id, id, name, supported_triggers, draft, sealed_secrets, secret_dates,
                   build, build_id, created_at, updated_at)
                values ($1, $2, $3, $4::text::jsonb, $5::text::jsonb, $6, $7::text::jsonb,
                  $8::text::jsonb, $9, $10, $10)
                on conflict do nothing
                """,
                id,
                name,
                Json.write(draft.triggers()),
                Json.write(draft.stored()),
                draft.secrets().sealed(seal, call.tenant().id(), id),
                Json.write(draft.secrets().dates()),
                Json.write(build.stored()),
                build.buildId().orElse(null),
                call.now())
        == 1;
  }

  void update(Call call, String id, String name, ActionContent draft, ActionBuild build) {
    call.rows()
        .execute(
            """
            update action
            set name = $3, supported_triggers = $4::text::jsonb, draft = $5::text::jsonb,
                sealed_secrets = $6, secret_dates = $7::text::jsonb, build = $8::text::jsonb,
                build_id = $9, deploy_when_built = false, updated_at = $10
            where tenant_id = $1 and id = $2
            """,
            id,
            name,
            Json.write(draft.triggers()),
            Json.write(draft.stored()),
            draft.secrets().sealed(seal, call.tenant().id(), id),
            Json.write(draft.secrets().dates()),
            Json.write(build.stored()),
            build.buildId().orElse(null),
            call.now());
  }

  /** Has the draft serve as soon as its packages are built, unless it changes before. */
  void deployWhenBuilt(Call call, String id) {
    call.rows()
        .execute("update action set deploy_when_built = true where tenant_id = $1 and id = $2", id);
  }

  /**
   * Makes a new version of that content and has it serve; the oldest goes when they are many.
   *
   * @param buildId of its packages
   */
  void deploy(
      Call call,
      String versionId,
      String actionId,
      ActionContent content,
      Optional<String> buildId) {
    storeCode(call, content.code());
    ObjectNode payload = content.stored().without("code");
    payload.set("supported_triggers", content.triggers());
    payload.set("secret_dates", content.secrets().dates());
    call.rows()
        .execute(
            """
            insert into action_version
              (tenant_id, id, action_id, number, content_hash, payload, sealed_secrets, created_at,
               build_id, program_hash)
            select $1, $2, $3, coalesce(max(number), 0) + 1, $4, $5::text::jsonb, $6, $7, $8, $9
            from action_version where tenant_id = $1 and action_id = $3
            """,
            versionId,
            actionId,
            content.hash(),
            Json.write(payload),
            content.secrets().sealed(seal, call.tenant().id(), actionId),
            call.now(),
            buildId.orElse(null),
            storeCode(call, program(call, content, buildId).text()));
    call.rows()
        .execute(
            """
            update action set deployed_version_id = $3, deploy_when_built = false
            where tenant_id = $1 and id = $2
            """,
            actionId,
            versionId);
    call.rows()
        .execute(
            """
            delete from action_version v where v.tenant_id = $1 and v.action_id = $2
              and v.number <= (select max(number) from action_version
                where tenant_id = $1 and action_id = $2) - $3
            """,
            actionId,
            MAX_VERSIONS);
  }

  /** All that runs: the code with its packages, and the modules it uses with theirs. */
  ActionProgram program(Call call, ActionContent content, Optional<String> buildId) {
    List<ActionProgram.Module> modules = new ArrayList<>();
    for (JsonNode reference : content.modules()) {
      modules.add(
          StoredModules.program(call, reference.path("module_version_id").asText())
              .orElseThrow(
                  () ->
                      ManagementException.invalidBody(
                          "The module '%s' does not exist any more."
                              .formatted(reference.path("module_name").asText()))));
    }
    return new ActionProgram(content.code(), buildId.flatMap(id -> bundle(call, id)), modules);
  }

  private static Optional<String> bundle(Call call, String buildId) {
    return call.rows()
        .first(
            """
            select c.source from action_build b
            join action_code c on c.tenant_id = b.tenant_id and c.content_hash = b.content_hash
            where b.tenant_id = $1 and b.id = $2
            """,
            row -> row.getString(0),
            buildId);
  }

  /**
   * Actions nodes fetch code by its hash. A version keeps it, a trial does so for a day.
   *
   * @return the hash
   */
  static String storeCode(Call call, String source) {
    String hash = ActionVersion.hashOf(source);
    call.rows()
        .execute(
            """
            insert into action_code (tenant_id, content_hash, source, used_at)
            values ($1, $2, $3, $4)
            on conflict (tenant_id, content_hash) do update set used_at = excluded.used_at
            """,
            hash,
            source,
            call.now());
    return hash;
  }
}
