package dev.cambio.gateway.files;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Clients, matched by id if the file gives one, else by name. */
final class ClientFiles {
  private static final String KIND = "clients";
  private static final Set<String> PUBLIC_APP_TYPES = Set.of("native", "spa");

  private final ImportRun run;
  private final Map<String, ObjectNode> byId = new HashMap<>();
  private final Map<String, String> idByName = new HashMap<>();

  ClientFiles(ImportRun run) {
    this.run = run;
    run.pages("listClients", "clients", Map.of(), Map.of()).forEach(this::remember);
  }

  private void remember(ObjectNode client) {
    byId.put(client.path("client_id").asText(), client);
    idByName.putIfAbsent(client.path("name").asText(), client.path("client_id").asText());
  }

  void importAll(Entry root) {
    root.distinct("clients", "client_id");
    run.each(root.distinct("clients", "name"), this::importOne);
  }

  private void importOne(Entry entry) {
    run.checkSecret(entry, "client_secret");
    String name = entry.text("name");
    Optional<String> sameName = Optional.ofNullable(idByName.get(name));
    Optional<String> id = entry.optionalText("client_id").or(() -> sameName);
    // Files refer to clients by name, so a name means one client.
    sameName
        .filter(other -> !other.equals(id.orElseThrow()))
        .ifPresent(
            other -> {
              throw entry.at("name").problem("'" + name + "' is the name of client " + other);
            });
    ObjectNode body = entry.without(Set.of("client_id"));
    Optional<ObjectNode> stored = id.map(byId::get);
    if (stored.isEmpty()) {
      if (!entry.has("token_endpoint_auth_method") && !entry.has("client_authentication_methods")) {
        body.put("token_endpoint_auth_method", defaultAuthMethod(entry));
      }
      ObjectNode created = (ObjectNode) run.create(entry, "createClient", body, id);
      remember(created);
      run.report().created(KIND, name, created);
    } else {
      ObjectNode updated =
          (ObjectNode) run.call(entry, "updateClient", Map.of("id", id.orElseThrow()), body);
      remember(updated);
      run.report().written(KIND, name, stored.get(), updated);
    }
  }

  /** A client is public only if it says so: what omits the method must not lose its secret. */
  private static String defaultAuthMethod(Entry entry) {
    boolean isPublic =
        entry.optionalText("app_type").filter(PUBLIC_APP_TYPES::contains).isPresent();
    return isPublic && !entry.has("client_secret") ? "none" : "client_secret_post";
  }

  /** The id of the client with that name or, as files may say either, with that id. */
  String require(Entry entry, String member, String nameOrId) {
    if (byId.containsKey(nameOrId)) {
      return nameOrId;
    }
    String id = idByName.get(nameOrId);
    if (id == null) {
      throw run.unknown(entry.at(member), nameOrId, "no client named '" + nameOrId + "'");
    }
    return id;
  }

  /** The ids of several. */
  List<String> require(Entry entry, String member) {
    return entry.texts(member).stream().map(name -> require(entry, member, name)).toList();
  }
}
