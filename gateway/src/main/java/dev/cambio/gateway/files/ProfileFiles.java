package dev.cambio.gateway.files;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Token exchange profiles, matched by their subject token type (contract token-endpoint §2.1). */
final class ProfileFiles {
  private static final String KIND = "token exchange profiles";
  private static final String TRIGGER = "custom-token-exchange";

  private final ImportRun run;
  private final ActionFiles actions;
  private final Map<String, ObjectNode> byType = new HashMap<>();

  ProfileFiles(ImportRun run, ActionFiles actions) {
    this.run = run;
    this.actions = actions;
    run.cursor("listTokenExchangeProfiles", "token_exchange_profiles", Map.of())
        .forEach(profile -> byType.put(profile.path("subject_token_type").asText(), profile));
  }

  void importAll(Entry root) {
    run.each(root.distinct("tokenExchangeProfiles", "subject_token_type"), this::importOne);
  }

  private void importOne(Entry entry) {
    String type = entry.text("subject_token_type");
    String member = entry.has("action") ? "action" : "action_id";
    String actionId = actions.requireDeployed(entry, member, TRIGGER).path("id").asText();
    ObjectNode body = entry.without(Set.of("id", "action", "created_at", "updated_at"));
    body.put("action_id", actionId);
    ObjectNode before = byType.get(type);
    if (before == null) {
      ObjectNode created =
          (ObjectNode) run.create(entry, "createTokenExchangeProfile", body, Optional.empty());
      run.report().created(KIND, type, created);
      return;
    }
    Map<String, String> id = Map.of("id", before.path("id").asText());
    if (before.path("action_id").asText().equals(actionId)) {
      body.remove(Set.of("action_id", "type", "subject_token_type"));
      run.call(entry, "updateTokenExchangeProfile", id, body);
      run.report().written(KIND, type, before, (ObjectNode) run.get("getTokenExchangeProfile", id));
    } else {
      // A profile keeps its Action for life, so another Action means another profile.
      run.call(entry, "deleteTokenExchangeProfile", id, run.nothing());
      ObjectNode created =
          (ObjectNode) run.create(entry, "createTokenExchangeProfile", body, Optional.empty());
      run.report().written(KIND, type, before, created);
    }
  }
}
