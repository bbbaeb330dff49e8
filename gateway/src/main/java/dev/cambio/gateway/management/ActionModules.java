package dev.cambio.gateway.management;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.cambio.gateway.packages.PackageBuilds;
import dev.cambio.gateway.store.Payload;
import io.vertx.sqlclient.Row;
import java.util.Optional;

/** Code that Actions share, and its versions (contract actions-runtime §2.7). */
final class ActionModules implements Operations.Resource {
  private static final int MAX_MODULES = 100;
  private static final int MAX_VERSIONS = 50;

  private final StoredModules modules;
  private final DraftBuilder builder;
  private final PackageBuilds builds;
  private final Ids ids;

  ActionModules(StoredModules modules, DraftBuilder builder, PackageBuilds builds, Ids ids) {
    this.modules = modules;
    this.builder = builder;
    this.builds = builds;
    this.ids = ids;
  }

  @Override
  public void register(Operations operations) {
    operations
        .on("listActionModules", this::list)
        .on("createActionModule", this::create)
        .on("getActionModule", call -> details(call, call.path("id")))
        .on("updateActionModule", this::update)
        .on("deleteActionModule", this::delete)
        .on("listActionModuleActions", this::users)
        .on("rollbackActionModule", this::rollback)
        .on("listActionModuleVersions", this::versions)
        .on("publishActionModule", call -> Answer.of(publish(call, call.path("id"))))
        .on("getActionModuleVersion", this::version);
  }

  private Answer list(Call call) {
    return Listing.of("modules", StoredModules.COLUMNS, StoredModules.FROM, "m", "m.id")
        .actionPages(call, row -> modules.module(call, row).json());
  }

  private Answer details(Call call, String id) {
    return Answer.of(modules.require(call, id).details());
  }

  private Answer create(Call call) {
    ObjectNode body = builder.withVersions(call.object());
    ActionContent draft = ActionContent.EMPTY.with(body, call.now());
    ActionBuild build = builder.build(call, draft, builder.problem(call, draft.code()));
    String id = call.chosenId().orElseGet(ids::uuid);
    if (!modules.insert(call, id, body.path("name").asText(), draft, build)) {
      throw ManagementException.conflict(
          "action_module", "An action module with the same name already exists.");
    }
    requireFewEnough(call);
    if (body.path("publish").asBoolean(false)) {
      if (build.underWay()) {
        modules.publishWhenBuilt(call, id);
      } else {
        publish(call, id);
      }
    }
    return details(call, id);
  }

  /** Counted after the insert, which makes others that insert wait until this is decided. */
  private static void requireFewEnough(Call call) {
    long count =
        call.rows()
            .first("select count(*) from action_module where tenant_id = $1", row -> row.getLong(0))
            .orElse(0L);
    if (count > MAX_MODULES) {
      throw ManagementException.tooMany();
    }
  }

  private Answer update(Call call) {
    // Actions nodes and the registry may take their time, so they are asked before the lock.
    ObjectNode body = builder.withVersions(call.object());
    StoredModule before = modules.require(call, call.path("id"));
    String code = before.draft().with(body, call.now()).code();
    Optional<String> problem = builder.problem(call, code);
    StoredModule stored = modules.requireLocked(call, before.id());
    ActionContent draft = stored.draft().with(body, call.now());
    ActionBuild build =
        builder.build(call, draft, draft.code().equals(code) ? problem : stored.build().problem());
    save(call, stored, draft, build);
    return details(call, stored.id());
  }

  private void save(Call call, StoredModule stored, ActionContent draft, ActionBuild build) {
    if (!draft.sameAs(stored.draft()) || !build.sameAs(stored.build())) {
      modules.update(call, stored.id(), draft, build);
    }
  }

  private Answer delete(Call call) {
    StoredModule stored = modules.requireLocked(call, call.path("id"));
    if (modules.isUsed(call, stored.id())) {
      throw ManagementException.of(
          412,
          "action_module_in_use",
          "The Actions Module cannot be deleted because it is in use by one or more actions.");
    }
    call.rows().execute("delete from action_module where tenant_id = $1 and id = $2", stored.id());
    return Answer.empty();
  }

  private Answer users(Call call) {
    StoredModule module = modules.require(call, call.path("id"));
    return Listing.of(
            "actions",
            "a.id, a.name, jsonb_build_object('triggers', d.payload -> 'supported_triggers')::text"
                + " as triggers, r.reference ->> 'module_version_id' as version_id,"
                + " (r.reference ->> 'module_version_number')::int as number",
            "action a join action_version d on d.tenant_id = a.tenant_id"
                + " and d.id = a.deployed_version_id"
                + " cross join lateral jsonb_array_elements(d.payload -> 'modules') r (reference)",
            "a",
            "a.id")
        .where("r.reference ->> 'module_id' = ?", module.id())
        .actionPages(call, ActionModules::user);
  }

  private static ObjectNode user(Row row) {
    ObjectNode json =
        JsonNodeFactory.instance
            .objectNode()
            .put("action_id", row.getString("id"))
            .put("action_name", row.getString("name"))
            .put("module_version_id", row.getString("version_id"))
            .put("module_version_number", row.getInteger("number"));
    json.set("supported_triggers", Payload.object(row, "triggers").path("triggers"));
    return json;
  }

  private Answer versions(Call call) {
    StoredModule module = modules.require(call, call.path("id"));
    return Listing.of(
            "versions", StoredModules.VERSION_COLUMNS, StoredModules.VERSIONS_FROM, "v", "v.id")
        .where("v.module_id = ?", module.id())
        .orderBy("v.number desc")
        .actionPages(call, row -> StoredModule.json(modules.version(call, row)));
  }

  private Answer version(Call call) {
    return Answer.of(
        StoredModule.json(modules.requireVersion(call, call.path("id"), call.path("versionId"))));
  }

  /** Makes a version of the draft; Actions keep those they have. */
  ObjectNode publish(Call call, String id) {
    StoredModule module = modules.requireLocked(call, id);
    module.build().require("published");
    if (module.allChangesPublished()) {
      throw ManagementException.conflict(
          "action_module_version", "No draft version is available to publish.");
    }
    if (module.latest().filter(version -> version.number() >= MAX_VERSIONS).isPresent()) {
      requireFewVersions(call, id);
    }
    String versionId = ids.uuid();
    modules.publish(call, versionId, module);
    return StoredModule.json(modules.requireVersion(call, id, versionId));
  }

  private static void requireFewVersions(Call call, String id) {
    long count =
        call.rows()
            .first(
                "select count(*) from action_module_version where tenant_id = $1 and module_id ="
                    + " $2",
                row -> row.getLong(0),
                id)
            .orElse(0L);
    if (count >= MAX_VERSIONS) {
      throw ManagementException.of(
          412,
          "too_many_action_module_versions",
          "Maximum number of module versions reached. Consolidate versions used in actions before"
              + " creating new ones.");
    }
  }

  /** Makes the draft what a version was. */
  private Answer rollback(Call call) {
    StoredModule stored = modules.requireLocked(call, call.path("id"));
    StoredVersion version =
        modules.requireVersion(call, stored.id(), call.object().path("module_version_id").asText());
    if (version.content().sameAs(stored.draft())) {
      throw ManagementException.conflict(
          "action_module_version", "The specified version is already the current draft version.");
    }
    ActionBuild build =
        ActionBuild.of(
            Optional.empty(),
            version.buildId().flatMap(buildId -> builds.find(call.rows(), buildId)),
            call.now());
    modules.update(call, stored.id(), version.content(), build);
    return details(call, stored.id());
  }
}
