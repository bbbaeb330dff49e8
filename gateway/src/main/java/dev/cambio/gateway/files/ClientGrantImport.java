package dev.cambio.gateway.files;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.cambio.gateway.store.Payload;
import dev.cambio.model.bus.Json;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** What clients may ask of APIs, matched by client, audience and subject type. */
record ClientGrantImport(ImportRun run) {
  private static final Schema SCHEMA =
      new Schema()
          .strings("client_id", "audience", "subject_type", "organization_usage")
          .flags("allow_any_organization", "allow_all_scopes")
          .stringLists("scope", "authorization_details_types");
  private static final List<String> SUBJECT_TYPES = List.of("client", "user");
  private static final List<String> ORGANIZATION_USAGES = List.of("deny", "allow", "require");

  private static final String UPSERT =
      """
      insert into client_grant as g
        (tenant_id, id, client_id, audience, subject_type, payload, created_at, updated_at)
      values ($1, $2, $3, $4, $5, $6::text::jsonb, $7, $7)
      on conflict (tenant_id, client_id, audience, subject_type) do update
      set payload = excluded.payload, updated_at = excluded.updated_at
      where g.payload is distinct from excluded.payload
      """;

  private record Key(String clientId, String audience, String subjectType) {}

  void importAll(Entry root) {
    Set<Key> seen = new HashSet<>();
    for (Entry entry : root.list("clientGrants")) {
      SCHEMA.check(entry);
      entry.oneOf("subject_type", SUBJECT_TYPES);
      entry.oneOf("organization_usage", ORGANIZATION_USAGES);
      Key key =
          new Key(
              clientId(entry),
              entry.text("audience"),
              entry.optionalText("subject_type").orElse("client"));
      if (!seen.add(key)) {
        throw entry.problem("an earlier grant is for the same client, audience and subject_type");
      }
      checkScopes(entry);
      ObjectNode payload =
          entry.payload(
              JsonNodeFactory.instance.objectNode(),
              Set.of("client_id", "audience", "subject_type"));
      run.write(
          "client grants",
          UPSERT,
          run.ids().prefixed("cgr_"),
          key.clientId(),
          key.audience(),
          key.subjectType(),
          Json.write(payload),
          run.now());
    }
  }

  private String clientId(Entry entry) {
    String client = entry.text("client_id");
    return new ClientImport(run)
        .idOf(client)
        .orElseThrow(() -> entry.at("client_id").problem("no client named '" + client + "'"));
  }

  private void checkScopes(Entry entry) {
    String audience = entry.text("audience");
    Set<String> defined =
        run.queries()
            .first(
                run.tenantId(),
                "select payload::text as payload from resource_server"
                    + " where tenant_id = $1 and identifier = $2",
                row -> scopes(Payload.object(row, "payload")),
                audience)
            .orElseThrow(
                () -> entry.at("audience").problem("no resource server '" + audience + "'"));
    for (String scope : entry.texts("scope")) {
      if (!defined.contains(scope)) {
        throw entry
            .at("scope")
            .problem("'" + scope + "' is not a scope of resource server '" + audience + "'");
      }
    }
  }

  private static Set<String> scopes(ObjectNode resourceServer) {
    Set<String> scopes = new HashSet<>();
    resourceServer.path("scopes").forEach(scope -> scopes.add(scope.path("value").asText()));
    return scopes;
  }
}
