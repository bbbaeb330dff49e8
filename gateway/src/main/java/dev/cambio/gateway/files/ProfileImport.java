package dev.cambio.gateway.files;

import dev.cambio.model.action.Trigger;
import dev.cambio.model.exchange.SubjectTokenType;

/** Token exchange profiles, matched by their subject token type (contract token-endpoint §2.1). */
record ProfileImport(ImportRun run) {
  private static final Schema SCHEMA =
      new Schema().strings("name", "subject_token_type", "action", "action_id", "type");
  private static final int MIN_NAME = 3;
  private static final int MAX_NAME = 50;

  void importAll(Entry root) {
    for (Entry entry : root.distinct("tokenExchangeProfiles", "subject_token_type")) {
      SCHEMA.check(entry);
      entry.length("name", MIN_NAME, MAX_NAME);
      String name = entry.text("name");
      if (!entry.text("type").equals("custom_authentication")) {
        throw entry.at("type").problem("must be custom_authentication");
      }
      String type = subjectTokenType(entry);
      String member = entry.has("action") ? "action" : "action_id";
      String actionId =
          new DeployedActions(run).require(entry, member, Trigger.CUSTOM_TOKEN_EXCHANGE);
      run.write(
          "token exchange profiles",
          """
          insert into token_exchange_profile as p
            (tenant_id, id, name, subject_token_type, action_id, created_at, updated_at)
          values ($1, $2, $3, $4, $5, $6, $6)
          on conflict (tenant_id, subject_token_type) do update
          set name = excluded.name, action_id = excluded.action_id, updated_at = excluded.updated_at
          where (p.name, p.action_id) is distinct from (excluded.name, excluded.action_id)
          """,
          run.ids().prefixed("tep_"),
          name,
          type,
          actionId,
          run.now());
    }
  }

  private static String subjectTokenType(Entry entry) {
    try {
      return new SubjectTokenType(entry.text("subject_token_type")).value();
    } catch (IllegalArgumentException e) {
      throw entry.at("subject_token_type").problem(String.valueOf(e.getMessage()));
    }
  }
}
