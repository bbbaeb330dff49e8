package dev.cambio.gateway.files;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Databases and other connections, matched by name, with the clients they are enabled for. */
final class ConnectionFiles {
  private static final String KIND = "connections";
  private static final String DATABASE = "auth0";
  private static final Set<String> NOT_SENT =
      Set.of("id", "strategy", "enabled_clients", "options");
  private static final int CLIENTS_PER_CALL = 50;

  private final ImportRun run;
  private final ClientFiles clients;
  private final Map<String, ObjectNode> byName = new HashMap<>();

  ConnectionFiles(ImportRun run, ClientFiles clients) {
    this.run = run;
    this.clients = clients;
    run.cursor("listConnections", "connections", Map.of()).forEach(this::remember);
  }

  private void remember(ObjectNode connection) {
    byName.put(connection.path("name").asText(), connection);
  }

  void importAll(Entry root) {
    run.each(
        root.distinct("databases", "name"),
        entry -> {
          String strategy = entry.optionalText("strategy").orElse(DATABASE);
          if (!strategy.equals(DATABASE)) {
            throw entry.at("strategy").problem("'" + strategy + "' is not one of " + DATABASE);
          }
          importOne(entry, DATABASE);
        });
    run.each(
        root.distinct("connections", "name"), entry -> importOne(entry, entry.text("strategy")));
  }

  private void importOne(Entry entry, String strategy) {
    String name = entry.text("name");
    Optional<ObjectNode> stored = Optional.ofNullable(byName.get(name));
    stored
        .map(before -> before.path("strategy").asText())
        .filter(before -> !before.equals(strategy))
        .ifPresent(
            before -> {
              throw entry.at("strategy").problem("cannot change from '" + before + "'");
            });
    ObjectNode body = entry.without(NOT_SENT);
    if (entry.has("options")) {
      body.set("options", options(entry));
    }
    JsonNode saved;
    if (stored.isEmpty()) {
      saved =
          run.create(entry, "createConnection", body.put("strategy", strategy), Optional.empty());
    } else {
      body.remove("name");
      saved =
          body.isEmpty()
              ? stored.get()
              : run.call(
                  entry, "updateConnection", Map.of("id", stored.get().path("id").asText()), body);
    }
    Map<String, String> id = Map.of("id", saved.path("id").asText());
    if (entry.has("enabled_clients")) {
      enable(entry, id);
    }
    ObjectNode now = (ObjectNode) run.get("getConnection", id);
    remember(now);
    if (stored.isEmpty()) {
      run.report().created(KIND, name, now);
    } else {
      run.report().written(KIND, name, stored.get(), now);
    }
  }

  /** The options; custom scripts are files, and sent as their text. */
  private ObjectNode options(Entry entry) {
    Entry options = entry.object("options");
    ObjectNode json = options.json().deepCopy();
    Entry scripts = options.object("customScripts");
    for (Map.Entry<String, JsonNode> script : scripts.json().properties()) {
      ((ObjectNode) json.get("customScripts"))
          .put(script.getKey(), run.files().sideFile(scripts, script.getKey()));
    }
    return json;
  }

  private void enable(Entry entry, Map<String, String> connection) {
    Set<String> wanted = new LinkedHashSet<>(clients.require(entry, "enabled_clients"));
    Set<String> enabled = new LinkedHashSet<>();
    run.cursor("listConnectionClients", "clients", connection)
        .forEach(client -> enabled.add(client.path("client_id").asText()));
    ArrayNode changes = JsonNodeFactory.instance.arrayNode();
    for (String client : wanted) {
      if (!enabled.contains(client)) {
        changes.addObject().put("client_id", client).put("status", true);
      }
    }
    for (String client : enabled) {
      if (!wanted.contains(client)) {
        changes.addObject().put("client_id", client).put("status", false);
      }
    }
    for (List<JsonNode> chunk : chunks(changes)) {
      run.call(
          entry.at("enabled_clients"),
          "updateConnectionClients",
          connection,
          JsonNodeFactory.instance.arrayNode().addAll(chunk));
    }
  }

  private static List<List<JsonNode>> chunks(ArrayNode changes) {
    List<List<JsonNode>> chunks = new ArrayList<>();
    List<JsonNode> all = new ArrayList<>();
    changes.forEach(all::add);
    for (int i = 0; i < all.size(); i += CLIENTS_PER_CALL) {
      chunks.add(all.subList(i, Math.min(all.size(), i + CLIENTS_PER_CALL)));
    }
    return chunks;
  }

  /** The connection with that name. */
  ObjectNode require(Entry entry, String member) {
    String name = entry.text(member);
    ObjectNode connection = byName.get(name);
    if (connection == null) {
      throw run.unknown(entry.at(member), name, "no connection named '" + name + "'");
    }
    return connection;
  }
}
