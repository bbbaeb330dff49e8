package dev.cambio.gateway.tenant;

import com.fasterxml.jackson.databind.JsonNode;
import dev.cambio.model.action.Trigger;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** The Actions of a trigger, in order; a trigger that the file names is replaced as a whole. */
record BindingImport(ImportRun run) {
  private static final int MAX_BINDINGS = 20;

  private record Binding(String actionId, String displayName) {}

  void importAll(Entry root) {
    Entry triggers = root.object("triggers");
    for (Map.Entry<String, JsonNode> member : triggers.json().properties()) {
      String triggerId = member.getKey();
      if (triggerId.equals(Trigger.POST_LOGIN.id())) {
        importTrigger(triggers, triggerId);
      } else if (!member.getValue().isEmpty()) {
        run.report().warn("triggers." + triggerId + " (never executed)");
      }
    }
  }

  private void importTrigger(Entry triggers, String triggerId) {
    List<Binding> bindings = new ArrayList<>();
    for (Entry entry : triggers.list(triggerId)) {
      String actionId = new DeployedActions(run).require(entry, "action_name", Trigger.POST_LOGIN);
      String displayName = entry.optionalText("display_name").orElse(entry.text("action_name"));
      bindings.add(new Binding(actionId, displayName));
    }
    if (bindings.size() > MAX_BINDINGS) {
      throw triggers.at(triggerId).problem("has more than 20 Actions");
    }
    if (bindings.equals(stored(triggerId))) {
      run.report().count("trigger bindings", false);
      return;
    }
    run.queries()
        .execute(
            run.tenantId(),
            "delete from trigger_binding where tenant_id = $1 and trigger_id = $2",
            triggerId);
    for (int i = 0; i < bindings.size(); i++) {
      run.write(
          "trigger bindings",
          """
          insert into trigger_binding
            (tenant_id, trigger_id, position, id, action_id, display_name, created_at)
          values ($1, $2, $3, $4, $5, $6, $7)
          """,
          triggerId,
          i,
          run.ids().uuid(),
          bindings.get(i).actionId(),
          bindings.get(i).displayName(),
          run.now());
    }
  }

  private List<Binding> stored(String triggerId) {
    return run.queries()
        .list(
            run.tenantId(),
            "select action_id, display_name from trigger_binding"
                + " where tenant_id = $1 and trigger_id = $2 order by position",
            row -> new Binding(row.getString("action_id"), row.getString("display_name")),
            triggerId);
  }
}
