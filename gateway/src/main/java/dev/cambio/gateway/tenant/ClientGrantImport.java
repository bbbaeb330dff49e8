package dev.cambio.gateway.tenant;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.cambio.model.bus.Json;
import java.util.Set;

/** What clients may ask of APIs, matched by client, audience and subject type. */
record ClientGrantImport(ImportRun run) {
  private static final Set<String> KNOWN =
      Set.of(
          "client_id",
          "audience",
          "scope",
          "subject_type",
          "organization_usage",
          "allow_any_organization",
          "authorization_details_types",
          "allow_all_scopes");
  private static final Set<String> SUBJECT_TYPES = Set.of("client", "user");

  void importAll(Entry root) {
    ClientImport clients = new ClientImport(run);
    for (Entry entry : root.list("clientGrants")) {
      entry.requireKnown(KNOWN);
      String client = entry.text("client_id");
      String clientId =
          clients
              .idOf(client)
              .orElseThrow(() -> entry.at("client_id").problem("no client named '" + client + "'"));
      String audience = entry.text("audience");
      if (!run.exists(
          "select id from resource_server where tenant_id = $1 and identifier = $2", audience)) {
        throw entry.at("audience").problem("no resource server '" + audience + "'");
      }
      String subjectType = entry.optionalText("subject_type").orElse("client");
      if (!SUBJECT_TYPES.contains(subjectType)) {
        throw entry.at("subject_type").problem("must be client or user");
      }
      entry.texts("scope");
      ObjectNode payload =
          entry.payload(
              JsonNodeFactory.instance.objectNode(),
              Set.of("client_id", "audience", "subject_type"));
      run.write(
          "client grants",
          """
          insert into client_grant as g
            (tenant_id, id, client_id, audience, subject_type, payload, created_at, updated_at)
          values ($1, $2, $3, $4, $5, $6::text::jsonb, $7, $7)
          on conflict (tenant_id, client_id, audience, subject_type) do update
          set payload = excluded.payload, updated_at = excluded.updated_at
          where g.payload is distinct from excluded.payload
          """,
          run.ids().prefixed("cgr_"),
          clientId,
          audience,
          subjectType,
          Json.write(payload),
          run.now());
    }
  }
}
