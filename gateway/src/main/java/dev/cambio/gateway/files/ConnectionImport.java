package dev.cambio.gateway.files;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.cambio.model.bus.Json;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;

/** Databases and other connections, matched by name, with the clients they are enabled for. */
record ConnectionImport(ImportRun run, TenantFiles files) {
  private static final Schema SCHEMA =
      new Schema()
          .strings("name", "strategy", "display_name")
          .flags("is_domain_connection", "show_as_button")
          .stringLists("enabled_clients", "realms")
          .mappings("options", "metadata", "authentication", "connected_accounts");
  private static final Pattern NAME =
      Pattern.compile("[A-Za-z0-9]([A-Za-z0-9-]{0,126}[A-Za-z0-9])?");
  private static final String DATABASE = "auth0";

  private static final String UPSERT =
      """
      insert into connection as c
        (tenant_id, id, name, strategy, payload, created_at, updated_at)
      values ($1, $2, $3, $4, $5::text::jsonb, $6, $6)
      on conflict (tenant_id, name) do update
      set payload = excluded.payload, updated_at = excluded.updated_at
      where c.payload is distinct from excluded.payload
      """;

  void importAll(Entry root) {
    for (Entry entry : root.distinct("databases", "name")) {
      entry.oneOf("strategy", List.of(DATABASE));
      importOne(entry, DATABASE);
    }
    for (Entry entry : root.distinct("connections", "name")) {
      importOne(entry, entry.text("strategy"));
    }
  }

  private void importOne(Entry entry, String strategy) {
    SCHEMA.check(entry);
    String name = entry.text("name");
    if (!NAME.matcher(name).matches()) {
      throw entry.at("name").problem("must be letters, digits and inner hyphens");
    }
    run.text("select strategy from connection where tenant_id = $1 and name = $2", name)
        .filter(stored -> !stored.equals(strategy))
        .ifPresent(
            stored -> {
              throw entry.at("strategy").problem("cannot change from '" + stored + "'");
            });
    String id =
        run.text("select id from connection where tenant_id = $1 and name = $2", name)
            .orElseGet(() -> run.ids().prefixed("con_"));
    ObjectNode payload =
        entry.payload(
            JsonNodeFactory.instance.objectNode(),
            Set.of("name", "strategy", "enabled_clients", "options"));
    payload.set("options", options(entry));
    run.write("connections", UPSERT, id, name, strategy, Json.write(payload), run.now());
    if (entry.has("enabled_clients")) {
      enable(entry, id);
    }
  }

  /** The options; custom scripts are files, and stored as their text. */
  private ObjectNode options(Entry entry) {
    Entry options = entry.object("options");
    ObjectNode json = options.json().deepCopy();
    Entry scripts = options.object("customScripts");
    for (Map.Entry<String, JsonNode> script : scripts.json().properties()) {
      ((ObjectNode) json.get("customScripts"))
          .put(script.getKey(), files.sideFile(scripts, script.getKey()));
    }
    return json;
  }

  private void enable(Entry entry, String connectionId) {
    ClientImport clients = new ClientImport(run);
    List<String> ids =
        entry.texts("enabled_clients").stream()
            .map(
                name ->
                    clients
                        .idOf(name)
                        .orElseThrow(
                            () ->
                                entry
                                    .at("enabled_clients")
                                    .problem("no client named '" + name + "'")))
            .toList();
    run.queries()
        .execute(
            run.tenantId(),
            "delete from connection_client where tenant_id = $1 and connection_id = $2"
                + " and client_id <> all ($3)",
            connectionId,
            ids.toArray(String[]::new));
    for (String clientId : ids) {
      run.queries()
          .execute(
              run.tenantId(),
              "insert into connection_client (tenant_id, connection_id, client_id)"
                  + " values ($1, $2, $3) on conflict do nothing",
              connectionId,
              clientId);
    }
  }
}
