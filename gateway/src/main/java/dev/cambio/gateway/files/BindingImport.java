package dev.cambio.gateway.files;

import com.fasterxml.jackson.databind.JsonNode;
import dev.cambio.model.action.Trigger;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** The Actions of a trigger, in order; a trigger that the file names is replaced as a whole. */
record BindingImport(ImportRun run) {
  private static final Schema SCHEMA = new Schema().strings("action_name", "display_name");
  private static final int MAX_BINDINGS = 20;

  private record Binding(String actionId, String displayName) {}

  private record Stored(String id, Binding binding) {}

  void importAll(Entry root) {
    Entry triggers = root.object("triggers");
    for (Map.Entry<String, JsonNode> member : triggers.json().properties()) {
      String triggerId = member.getKey();
      if (triggerId.equals(Trigger.POST_LOGIN.id())) {
        importTrigger(triggers, triggerId);
      } else if (!member.getValue().isEmpty()) {
        run.report().warn("triggers." + triggerId + " (only post-login runs bound Actions)");
      }
    }
  }

  private void importTrigger(Entry triggers, String triggerId) {
    List<Binding> bindings = new ArrayList<>();
    for (Entry entry : triggers.distinct(triggerId, "action_name")) {
      SCHEMA.check(entry);
      String actionId = new DeployedActions(run).require(entry, "action_name", Trigger.POST_LOGIN);
      String displayName = entry.optionalText("display_name").orElse(entry.text("action_name"));
      bindings.add(new Binding(actionId, displayName));
    }
    if (bindings.size() > MAX_BINDINGS) {
      throw triggers.at(triggerId).problem("has more than 20 Actions");
    }
    List<Stored> stored = stored(triggerId);
    if (bindings.equals(stored.stream().map(Stored::binding).toList())) {
      run.report().count("trigger bindings", false);
    } else {
      replace(triggerId, stored, bindings);
    }
  }

  /** Positions are unique, so all rows go first; a binding of the same Action keeps its id. */
  private void replace(String triggerId, List<Stored> stored, List<Binding> bindings) {
    run.queries()
        .execute(
            run.tenantId(),
            "delete from trigger_binding where tenant_id = $1 and trigger_id = $2",
            triggerId);
    Map<String, String> ids = new HashMap<>();
    stored.forEach(row -> ids.put(row.binding().actionId(), row.id()));
    for (int i = 0; i < bindings.size(); i++) {
      Binding binding = bindings.get(i);
      run.write(
          "trigger bindings",
          """
          insert into trigger_binding
            (tenant_id, trigger_id, position, id, action_id, display_name, created_at)
          values ($1, $2, $3, $4, $5, $6, $7)
          """,
          triggerId,
          i,
          ids.getOrDefault(binding.actionId(), run.ids().uuid()),
          binding.actionId(),
          binding.displayName(),
          run.now());
    }
  }

  private List<Stored> stored(String triggerId) {
    return run.queries()
        .list(
            run.tenantId(),
            "select id, action_id, display_name from trigger_binding"
                + " where tenant_id = $1 and trigger_id = $2 order by position",
            row ->
                new Stored(
                    row.getString("id"),
                    new Binding(row.getString("action_id"), row.getString("display_name"))),
            triggerId);
  }
}
