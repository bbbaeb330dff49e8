package dev.cambio.gateway.files;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Organizations, matched by name, with their connections and client grants. */
final class OrganizationFiles {
  private static final String KIND = "organizations";
  private static final Set<String> NOT_SENT =
      Set.of("id", "connections", "client_grants", "discovery_domains");

  private final ImportRun run;
  private final ClientFiles clients;
  private final ClientGrantFiles grants;
  private final ConnectionFiles connections;
  private final Map<String, ObjectNode> byName = new HashMap<>();

  OrganizationFiles(
      ImportRun run, ClientFiles clients, ClientGrantFiles grants, ConnectionFiles connections) {
    this.run = run;
    this.clients = clients;
    this.grants = grants;
    this.connections = connections;
    run.cursor("listOrganizations", "organizations", Map.of())
        .forEach(organization -> byName.put(organization.path("name").asText(), organization));
  }

  void importAll(Entry root) {
    run.each(root.distinct("organizations", "name"), this::importOne);
  }

  private void importOne(Entry entry) {
    String name = entry.text("name");
    ObjectNode body = entry.without(NOT_SENT);
    Optional<ObjectNode> stored = Optional.ofNullable(byName.get(name));
    JsonNode saved =
        stored.isEmpty()
            ? run.create(entry, "createOrganization", body, Optional.empty())
            : run.call(
                entry, "updateOrganization", Map.of("id", stored.get().path("id").asText()), body);
    Map<String, String> id = Map.of("id", saved.path("id").asText());
    ObjectNode before = stored.map(organization -> whole(organization, id)).orElse(null);
    if (entry.has("connections")) {
      connect(entry, id);
    }
    if (entry.has("client_grants")) {
      grant(entry, id);
    }
    if (!entry.list("discovery_domains").isEmpty()) {
      run.report().ignore(entry.at("discovery_domains"), "domains are not looked at by exchanges");
    }
    ObjectNode after = whole((ObjectNode) saved, id);
    if (before == null) {
      run.report().created(KIND, name, after);
    } else {
      run.report().written(KIND, name, before, after);
    }
  }

  private Map<String, ObjectNode> enabled(Map<String, String> organization) {
    Map<String, ObjectNode> enabled = new LinkedHashMap<>();
    run.pages("listOrganizationConnections", "connections", organization, Map.of())
        .forEach(item -> enabled.put(item.path("connection_id").asText(), item));
    return enabled;
  }

  private Set<String> granted(Map<String, String> organization) {
    Set<String> granted = new LinkedHashSet<>();
    run.pages("listOrganizationClientGrants", "client_grants", organization, Map.of())
        .forEach(item -> granted.add(item.path("id").asText()));
    return granted;
  }

  private void connect(Entry entry, Map<String, String> organization) {
    Map<String, ObjectNode> enabled = enabled(organization);
    Set<String> wanted = new LinkedHashSet<>();
    for (Entry item : entry.list("connections")) {
      String connectionId = connections.require(item, "name").path("id").asText();
      wanted.add(connectionId);
      ObjectNode body = item.without(Set.of("name", "strategy", "connection"));
      if (enabled.containsKey(connectionId)) {
        if (!body.isEmpty()) {
          Map<String, String> path = path(organization, "connection_id", connectionId);
          run.call(item, "updateOrganizationConnection", path, body);
        }
      } else {
        body.put("connection_id", connectionId);
        run.call(item, "addOrganizationConnection", organization, body);
      }
    }
    for (String connectionId : enabled.keySet()) {
      if (!wanted.contains(connectionId)) {
        Map<String, String> path = path(organization, "connection_id", connectionId);
        run.call(entry, "removeOrganizationConnection", path, run.nothing());
      }
    }
  }

  private void grant(Entry entry, Map<String, String> organization) {
    Set<String> granted = granted(organization);
    Set<String> wanted = new LinkedHashSet<>();
    for (Entry item : entry.list("client_grants")) {
      String clientId = clients.require(item, "client_id", item.text("client_id"));
      String grantId =
          grants.of(clientId).entrySet().stream()
              .filter(
                  grant ->
                      item.optionalText("audience")
                          .map(
                              audience ->
                                  grant.getValue().path("audience").asText().equals(audience))
                          .orElse(true))
              .map(Map.Entry::getKey)
              .findFirst()
              .orElseThrow(() -> item.at("client_id").problem("the client has no such grant"));
      wanted.add(grantId);
      if (!granted.contains(grantId)) {
        run.call(
            item,
            "addOrganizationClientGrant",
            organization,
            JsonNodeFactory.instance.objectNode().put("grant_id", grantId));
      }
    }
    for (String grantId : granted) {
      if (!wanted.contains(grantId)) {
        Map<String, String> path = path(organization, "grant_id", grantId);
        run.call(entry, "removeOrganizationClientGrant", path, run.nothing());
      }
    }
  }

  private static Map<String, String> path(
      Map<String, String> organization, String name, String value) {
    Map<String, String> path = new HashMap<>(organization);
    path.put(name, value);
    return path;
  }

  /** The organization with what belongs to it, for the report. */
  private ObjectNode whole(ObjectNode organization, Map<String, String> id) {
    ObjectNode whole = organization.deepCopy();
    var connected = whole.putArray("connections");
    enabled(id).values().forEach(connected::add);
    var allowed = whole.putArray("client_grants");
    granted(id).forEach(allowed::add);
    return whole;
  }
}
