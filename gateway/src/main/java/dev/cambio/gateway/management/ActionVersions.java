package dev.cambio.gateway.management;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.cambio.gateway.packages.PackageBuilds;
import dev.cambio.model.action.Trigger;
import java.util.List;
import java.util.Optional;

/** Deployment of Actions, and their versions (contract management-api §2.2, §4.6). */
final class ActionVersions implements Operations.Resource {
  private final StoredActions actions;
  private final PackageBuilds builds;
  private final Ids ids;

  ActionVersions(StoredActions actions, PackageBuilds builds, Ids ids) {
    this.actions = actions;
    this.builds = builds;
    this.ids = ids;
  }

  @Override
  public void register(Operations operations) {
    operations
        .on("deployAction", call -> Answer.of(deploy(call, call.path("id"))))
        .on("listActionVersions", this::list)
        .on("getActionVersion", this::get)
        .on("deployActionVersion", this::deployAgain);
  }

  private Answer list(Call call) {
    StoredAction action = actions.require(call, call.path("actionId"));
    return Listing.of(
            "versions", StoredActions.VERSION_COLUMNS, StoredActions.VERSIONS_FROM, "v", "v.id")
        .where("v.action_id = ?", action.id())
        .orderBy("v.number desc")
        .actionPages(call, row -> action.json(actions.version(call, row)));
  }

  private Answer get(Call call) {
    StoredAction action = actions.require(call, call.path("actionId"));
    StoredVersion version = actions.requireVersion(call, action.id(), call.path("id"));
    ObjectNode json = action.json(version);
    version
        .buildId()
        .flatMap(id -> builds.find(call.rows(), id))
        .ifPresent(build -> json.put("build_log", build.log()));
    return Answer.of(json);
  }

  /** Has the draft serve, and answers the version that does then. */
  ObjectNode deploy(Call call, String id) {
    StoredAction action = actions.requireLocked(call, id);
    action.build().require("deployed");
    return serve(call, action, action.draft(), action.build().buildId());
  }

  /** A rollback: an older version becomes the newest (contract actions-runtime §2.3). */
  private Answer deployAgain(Call call) {
    StoredAction action = actions.requireLocked(call, call.path("actionId"));
    StoredVersion version = actions.requireVersion(call, action.id(), call.path("id"));
    ActionContent content = version.content();
    if (call.body().path("update_draft").asBoolean(false) && !content.sameAs(action.draft())) {
      actions.update(
          call,
          action.id(),
          action.name(),
          content,
          ActionBuild.of(
              Optional.empty(),
              version.buildId().flatMap(id -> builds.find(call.rows(), id)),
              call.now()));
    }
    return Answer.of(serve(call, action, content, version.buildId()));
  }

  /** What serves already is not deployed once more, so that an import can be repeated. */
  private ObjectNode serve(
      Call call, StoredAction action, ActionContent content, Optional<String> buildId) {
    if (action.deployed().filter(live -> live.content().sameAs(content)).isEmpty()) {
      requireTriggersInUse(call, action.id(), content);
      actions.deploy(call, ids.uuid(), action.id(), content, buildId);
    }
    StoredAction deployed = actions.require(call, action.id());
    return deployed.json(deployed.deployed().orElseThrow());
  }

  /** Where an Action is bound, or has a profile, its version must be able to run. */
  private static void requireTriggersInUse(Call call, String id, ActionContent content) {
    List<String> used =
        call.rows()
            .list(
                """
                select trigger_id from trigger_binding where tenant_id = $1 and action_id = $2
                union
                select $3 from token_exchange_profile where tenant_id = $1 and action_id = $2
                """,
                row -> row.getString(0),
                id,
                Trigger.CUSTOM_TOKEN_EXCHANGE.id());
    for (String trigger : used) {
      if (!content.supports(trigger)) {
        throw ManagementException.invalidBody(
            "The Action is in use: it must have supported_triggers: " + trigger);
      }
    }
  }
}
