package dev.cambio.gateway.files;

import dev.cambio.model.action.Trigger;

/** Looks up the Actions that profiles and bindings refer to. */
record DeployedActions(ImportRun run) {

  /** The id of the Action that a member names; it must be deployed and support the trigger. */
  String require(Entry entry, String member, Trigger trigger) {
    String name = entry.text(member);
    Entry place = entry.at(member);
    String id =
        run.text("select id from action where tenant_id = $1 and (name = $2 or id = $2)", name)
            .orElseThrow(() -> place.problem("no Action named '" + name + "'"));
    if (!run.exists(
        "select id from action where tenant_id = $1 and id = $2"
            + " and deployed_version_id is not null",
        id)) {
      throw place.problem("Action '" + name + "' is not deployed");
    }
    if (!run.exists(
        "select id from action where tenant_id = $1 and id = $2"
            + " and supported_triggers @> jsonb_build_array(jsonb_build_object('id', $3::text))",
        id,
        trigger.id())) {
      throw place.problem("Action '" + name + "' must have supported_triggers: " + trigger.id());
    }
    return id;
  }
}
