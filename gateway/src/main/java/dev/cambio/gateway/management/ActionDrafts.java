package dev.cambio.gateway.management;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.vertx.pgclient.PgException;
import java.util.Optional;

/** Actions (contract management-api §2.2, actions-runtime §2). */
final class ActionDrafts implements Operations.Resource {
  private static final int MAX_ACTIONS = 100;
  private static final String UNIQUE_VIOLATION = "23505";

  private final StoredActions actions;
  private final ActionVersions versions;
  private final StoredModules modules;
  private final DraftBuilder builder;
  private final Ids ids;

  ActionDrafts(
      StoredActions actions,
      ActionVersions versions,
      StoredModules modules,
      DraftBuilder builder,
      Ids ids) {
    this.actions = actions;
    this.versions = versions;
    this.modules = modules;
    this.builder = builder;
    this.ids = ids;
  }

  @Override
  public void register(Operations operations) {
    operations
        .on("listActions", this::list)
        .on("createAction", this::create)
        .on("getAction", call -> Answer.of(actions.require(call, call.path("id")).jsonWithLog()))
        .on("updateAction", this::update)
        .on("deleteAction", this::delete);
  }

  private Answer list(Call call) {
    Listing list = Listing.of("actions", StoredActions.COLUMNS, StoredActions.FROM, "a", "a.id");
    call.query()
        .text("triggerId")
        .ifPresent(
            trigger ->
                list.where(
                    "a.supported_triggers @> jsonb_build_array(jsonb_build_object('id', ?::text))",
                    trigger));
    call.query().text("actionName").ifPresent(name -> list.where("a.name = ?", name));
    call.query()
        .flag("deployed")
        .ifPresent(deployed -> list.where("(a.deployed_version_id is not null) = ?", deployed));
    if (call.query().flag("installed").orElse(false)) {
      // Nothing comes from a marketplace here.
      list.where("false");
    }
    return list.actionPages(call, row -> actions.action(call, row).json());
  }

  private Answer create(Call call) {
    ObjectNode body = complete(call);
    ActionContent draft = ActionContent.EMPTY.with(body, call.now());
    ActionBuild build = builder.build(call, draft, builder.problem(call, draft.code()));
    String id = call.chosenId().orElseGet(ids::uuid);
    if (!actions.insert(call, id, body.path("name").asText(), draft, build)) {
      throw conflict();
    }
    requireFewEnough(call);
    if (body.path("deploy").asBoolean(false)) {
      if (build.underWay()) {
        actions.deployWhenBuilt(call, id);
      } else {
        versions.deploy(call, id);
      }
    }
    return Answer.of(actions.require(call, id).jsonWithLog());
  }

  /** The body with versions for what is to be the latest, and the modules it names. */
  private ObjectNode complete(Call call) {
    ObjectNode body = builder.withVersions(call.object());
    if (body.has("modules")) {
      body.set("modules", modules.references(call, body.path("modules")));
    }
    return body;
  }

  /** Counted after the insert, which makes others that insert wait until this is decided. */
  private static void requireFewEnough(Call call) {
    long count =
        call.rows()
            .first("select count(*) from action where tenant_id = $1", row -> row.getLong(0))
            .orElse(0L);
    if (count > MAX_ACTIONS) {
      throw ManagementException.tooMany();
    }
  }

  private Answer update(Call call) {
    // The registry may take its time too.
    ObjectNode body = complete(call);
    String id = call.path("id");
    // Actions nodes may take their time, so they are asked before anything is locked.
    StoredAction before = actions.require(call, id);
    String code = before.draft().with(body, call.now()).code();
    Optional<String> problem =
        code.equals(before.draft().code()) ? before.build().problem() : builder.problem(call, code);
    StoredAction stored = actions.requireLocked(call, id);
    ActionContent draft = stored.draft().with(body, call.now());
    ActionBuild build =
        builder.build(call, draft, draft.code().equals(code) ? problem : stored.build().problem());
    save(call, stored, body.path("name").asText(stored.name()), draft, build);
    return Answer.of(actions.require(call, id).jsonWithLog());
  }

  /** What stays the same is not written, so that its dates stay. */
  private void save(
      Call call, StoredAction stored, String name, ActionContent draft, ActionBuild build) {
    boolean sameDraft = draft.sameAs(stored.draft());
    boolean sameBuild = sameDraft && build.sameAs(stored.build());
    if (sameBuild && name.equals(stored.name())) {
      return;
    }
    try {
      actions.update(call, stored.id(), name, draft, sameBuild ? stored.build() : build);
    } catch (PgException e) {
      throw UNIQUE_VIOLATION.equals(e.getSqlState()) ? conflict() : e;
    }
  }

  /**
   * With force, bindings go too, and profiles are left to point at nothing: the deploy CLI deletes
   * Actions first.
   */
  private Answer delete(Call call) {
    String id = call.path("id");
    boolean force = call.query().flag("force").orElse(false);
    actions
        .lock(call, id)
        .ifPresent(
            stored -> {
              if (!force) {
                requireUnused(call, id);
              }
              call.rows().execute("delete from action where tenant_id = $1 and id = $2", id);
            });
    return Answer.empty();
  }

  private static void requireUnused(Call call, String id) {
    if (call.rows()
        .exists("select id from trigger_binding where tenant_id = $1 and action_id = $2", id)) {
      throw ManagementException.invalidBody(
          "The Action is bound to a trigger; unbind it first, or delete it with force=true.");
    }
    if (call.rows()
        .exists(
            "select id from token_exchange_profile where tenant_id = $1 and action_id = $2", id)) {
      throw ManagementException.invalidBody(
          "A token exchange profile uses the Action; delete that first, or this with force=true.");
    }
  }

  private static ManagementException conflict() {
    return ManagementException.conflict("action", "An Action with the same name already exists.");
  }
}
