package dev.cambio.gateway.management;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.cambio.gateway.action.ModuleSecrets;
import dev.cambio.gateway.packages.PackageBuilds;
import dev.cambio.gateway.store.Payload;
import dev.cambio.gateway.store.SecretSeal;
import dev.cambio.model.action.ActionProgram;
import dev.cambio.model.bus.Json;
import io.vertx.core.buffer.Buffer;
import io.vertx.sqlclient.Row;
import java.time.OffsetDateTime;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Modules of Actions and their versions as the database has them. */
record StoredModules(SecretSeal seal) {

  /** What an Action must hold to use the module {@code m}. */
  private static final String USES =
      " -> 'modules' @> jsonb_build_array(jsonb_build_object('module_id', m.id))";

  /** What {@link #module} reads. */
  static final String COLUMNS =
      """
      m.id, m.name, m.draft::text, m.sealed_secrets, m.secret_dates::text, m.build::text, \
      m.created_at, m.updated_at, v.id as version_id, v.number, v.payload::text, \
      v.sealed_secrets as version_secrets, v.created_at as version_created_at, \
      v.build_id as version_build_id, c.source, \
      (select count(*) from action a join action_version d \
        on d.tenant_id = a.tenant_id and d.id = a.deployed_version_id \
        where a.tenant_id = m.tenant_id and d.payload%s) as users, \
      """
              .formatted(USES)
          + PackageBuilds.COLUMNS;

  /** Where {@link #COLUMNS} come from. */
  static final String FROM =
      """
      action_module m
      left join lateral (
        select * from action_module_version x
        where x.tenant_id = m.tenant_id and x.module_id = m.id order by x.number desc limit 1
      ) v on true
      left join action_code c on c.tenant_id = v.tenant_id and c.content_hash = v.content_hash
      left join action_build p on p.tenant_id = m.tenant_id and p.id = m.build_id\
      """;

  /** What {@link #version} reads, from {@link #VERSIONS_FROM}. */
  static final String VERSION_COLUMNS =
      """
      v.module_id as id, v.id as version_id, v.number, v.payload::text, \
      v.sealed_secrets as version_secrets, v.created_at as version_created_at, \
      v.build_id as version_build_id, c.source\
      """;

  static final String VERSIONS_FROM =
      """
      action_module_version v
      join action_code c on c.tenant_id = v.tenant_id and c.content_hash = v.content_hash\
      """;

  StoredModule require(Call call, String id) {
    return call.rows()
        .first(
            "select " + COLUMNS + " from " + FROM + " where m.tenant_id = $1 and m.id = $2",
            row -> module(call, row),
            id)
        .orElseThrow(StoredModules::unknown);
  }

  private static ManagementException unknown() {
    return ManagementException.notFound("action_module", "The action module does not exist.");
  }

  /** The module, which nobody else changes before the transaction ends. */
  StoredModule requireLocked(Call call, String id) {
    if (!call.rows()
        .exists("select id from action_module where tenant_id = $1 and id = $2 for update", id)) {
      throw unknown();
    }
    return require(call, id);
  }

  StoredVersion requireVersion(Call call, String moduleId, String id) {
    return call.rows()
        .first(
            "select "
                + VERSION_COLUMNS
                + " from "
                + VERSIONS_FROM
                + " where v.tenant_id = $1 and v.module_id = $2 and v.id = $3",
            row -> version(call, row),
            moduleId,
            id)
        .orElseThrow(
            () ->
                ManagementException.notFound(
                    "action_module_version", "The module or version does not exist."));
  }

  StoredModule module(Call call, Row row) {
    ObjectNode build = Payload.object(row, "build");
    ObjectNode draft = Payload.object(row, "draft");
    OffsetDateTime updatedAt = row.getOffsetDateTime("updated_at");
    ObjectNode dates = Payload.object(row, "secret_dates");
    return new StoredModule(
        row.getString("id"),
        row.getString("name"),
        content(
            draft.path("code").asText(),
            draft,
            secrets(call, row, "sealed_secrets", dates, updatedAt)),
        new ActionBuild(
            build.withArray("errors"),
            build.has("at") ? OffsetDateTime.parse(build.path("at").asText()) : updatedAt,
            PackageBuilds.build(row)),
        row.getString("version_id") == null ? Optional.empty() : Optional.of(version(call, row)),
        row.getLong("users"),
        row.getOffsetDateTime("created_at"),
        updatedAt);
  }

  StoredVersion version(Call call, Row row) {
    ObjectNode payload = Payload.object(row, "payload");
    OffsetDateTime createdAt = row.getOffsetDateTime("version_created_at");
    ObjectNode dates = Payload.member(payload, "secret_dates");
    return new StoredVersion(
        row.getString("version_id"),
        row.getString("id"),
        row.getInteger("number"),
        content(
            row.getString("source"),
            payload,
            secrets(call, row, "version_secrets", dates, createdAt)),
        Optional.ofNullable(row.getString("version_build_id")),
        createdAt);
  }

  private ActionSecrets secrets(
      Call call, Row row, String column, ObjectNode dates, OffsetDateTime otherwise) {
    @Nullable Buffer sealed = row.getBuffer(column);
    return ActionSecrets.open(
        seal, call.tenant().id(), row.getString("id"), sealed, dates, otherwise);
  }

  private static ActionContent content(String code, ObjectNode stored, ActionSecrets secrets) {
    return new ActionContent(
        code,
        ActionContent.EMPTY.runtime(),
        ActionContent.EMPTY.triggers(),
        stored.withArray("dependencies"),
        secrets,
        ActionContent.EMPTY.modules());
  }

  private static ObjectNode stored(ActionContent content) {
    return content.stored().retain("code", "dependencies");
  }

  /** Creates a module; false if there is one of that name. */
  boolean insert(Call call, String id, String name, ActionContent draft, ActionBuild build) {
    return call.rows()
            .execute(
                """
                insert into action_module
                  (tenant_id, id, name, draft, sealed_secrets, secret_dates, build, build_id,
                   created_at, updated_at)
                values ($1, $2, $3, $4::text::jsonb, $5, $6::text::jsonb, $7::text::jsonb, $8,
                  $9, $9)
                on conflict do nothing
                """,
                id,
                name,
                Json.write(stored(draft)),
                draft.secrets().sealed(seal, call.tenant().id(), id),
                Json.write(draft.secrets().dates()),
                Json.write(build.stored()),
                build.buildId().orElse(null),
                call.now())
        == 1;
  }

  void update(Call call, String id, ActionContent draft, ActionBuild build) {
    call.rows()
        .execute(
            """
            update action_module
            set draft = $3::text::jsonb, sealed_secrets = $4, secret_dates = $5::text::jsonb,
                build = $6::text::jsonb, build_id = $7, publish_when_built = false,
                updated_at = $8
            where tenant_id = $1 and id = $2
            """,
            id,
            Json.write(stored(draft)),
            draft.secrets().sealed(seal, call.tenant().id(), id),
            Json.write(draft.secrets().dates()),
            Json.write(build.stored()),
            build.buildId().orElse(null),
            call.now());
  }

  /** Makes a version of the draft as soon as its packages are built, unless it changes before. */
  void publishWhenBuilt(Call call, String id) {
    call.rows()
        .execute(
            "update action_module set publish_when_built = true where tenant_id = $1 and id = $2",
            id);
  }

  /** Makes a version of the draft. */
  void publish(Call call, String versionId, StoredModule module) {
    ActionContent draft = module.draft();
    StoredActions.storeCode(call, draft.code());
    ObjectNode payload = stored(draft).without("code");
    payload.set("secret_dates", draft.secrets().dates());
    call.rows()
        .execute(
            """
            insert into action_module_version
              (tenant_id, id, module_id, number, content_hash, payload, sealed_secrets, build_id,
               created_at)
            select $1, $2, $3, coalesce(max(number), 0) + 1, $4, $5::text::jsonb, $6, $7, $8
            from action_module_version where tenant_id = $1 and module_id = $3
            """,
            versionId,
            module.id(),
            draft.hash(),
            Json.write(payload),
            draft.secrets().sealed(seal, call.tenant().id(), module.id()),
            module.build().buildId().orElse(null),
            call.now());
    call.rows()
        .execute(
            "update action_module set publish_when_built = false where tenant_id = $1 and id = $2",
            module.id());
  }

  /** Whether an Action has it in its draft, or serves with it. */
  boolean isUsed(Call call, String id) {
    return call.rows()
        .exists(
            """
            select a.id from action a
            join action_module m on m.tenant_id = a.tenant_id and m.id = $2
            left join action_version d
              on d.tenant_id = a.tenant_id and d.id = a.deployed_version_id
            where a.tenant_id = $1 and (a.draft%s or d.payload%s)
            """
                .formatted(USES, USES),
            id);
  }

  /**
   * What an Action keeps of the modules that a body names.
   *
   * @param given each by {@code module_version_id}, or by {@code module_id} or {@code module_name}
   *     with {@code module_version_number}
   */
  ArrayNode references(Call call, JsonNode given) {
    ArrayNode references = JsonNodeFactory.instance.arrayNode();
    Set<String> seen = new HashSet<>();
    for (int i = 0; i < given.size(); i++) {
      String path = "modules[" + i + "]";
      ObjectNode reference =
          reference(call, given.get(i))
              .orElseThrow(
                  () ->
                      ManagementException.invalidBody(
                          new Violation(path, "No such version of a module")));
      if (!seen.add(reference.path("module_id").asText())) {
        throw ManagementException.invalidBody(
            new Violation(path, "The module is given more than once"));
      }
      references.add(reference);
    }
    return references;
  }

  /** The row is kept from being deleted while it is referred to. */
  private static Optional<ObjectNode> reference(Call call, JsonNode given) {
    return call.rows()
        .first(
            """
            select m.id, m.name, v.id as version_id, v.number from action_module m
            join action_module_version v on v.tenant_id = m.tenant_id and v.module_id = m.id
            where m.tenant_id = $1
              and ($2::text is null or v.id = $2) and ($3::text is null or m.id = $3)
              and ($4::text is null or m.name = $4) and ($5::int is null or v.number = $5)
              and ($2 is not null or ($5 is not null and ($3 is not null or $4 is not null)))
            for key share of m
            """,
            row ->
                JsonNodeFactory.instance
                    .objectNode()
                    .put("module_id", row.getString("id"))
                    .put("module_name", row.getString("name"))
                    .put("module_version_id", row.getString("version_id"))
                    .put("module_version_number", row.getInteger("number")),
            given.path("module_version_id").textValue(),
            given.path("module_id").textValue(),
            given.path("module_name").textValue(),
            given.has("module_version_number")
                ? given.path("module_version_number").asInt()
                : null);
  }

  /** The code of a version, with its packages. */
  static Optional<ActionProgram.Module> program(Call call, String versionId) {
    return call.rows()
        .first(
            """
            select m.name, c.source, k.source as packages from action_module_version v
            join action_module m on m.tenant_id = v.tenant_id and m.id = v.module_id
            join action_code c on c.tenant_id = v.tenant_id and c.content_hash = v.content_hash
            left join action_build b on b.tenant_id = v.tenant_id and b.id = v.build_id
            left join action_code k on k.tenant_id = b.tenant_id and k.content_hash = b.content_hash
            where v.tenant_id = $1 and v.id = $2
            """,
            row ->
                new ActionProgram.Module(
                    row.getString("name"),
                    row.getString("source"),
                    Optional.ofNullable(row.getString("packages"))),
            versionId);
  }

  /** The secrets that runs of the content get: its own, and those of the modules it uses. */
  Map<String, String> secrets(Call call, ActionContent content) {
    Map<String, String> secrets = new HashMap<>(content.secrets().values());
    String[] versions =
        content.modules().findValuesAsText("module_version_id").toArray(new String[0]);
    secrets.putAll(ModuleSecrets.of(call.rows(), seal, versions));
    return secrets;
  }
}
