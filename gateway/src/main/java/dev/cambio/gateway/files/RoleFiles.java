package dev.cambio.gateway.files;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Roles, matched by name, with the permissions that the file lists and no others. */
final class RoleFiles {
  private static final String KIND = "roles";

  private final ImportRun run;
  private final Map<String, ObjectNode> byName = new HashMap<>();

  private record Permission(String api, String name) {}

  RoleFiles(ImportRun run) {
    this.run = run;
    run.pages("listRoles", "roles", Map.of(), Map.of())
        .forEach(role -> byName.put(role.path("name").asText(), role));
  }

  void importAll(Entry root) {
    run.each(root.distinct("roles", "name"), this::importOne);
  }

  private void importOne(Entry entry) {
    String name = entry.text("name");
    ObjectNode body = JsonNodeFactory.instance.objectNode().put("name", name);
    entry.optionalText("description").ifPresent(text -> body.put("description", text));
    Optional<ObjectNode> stored = Optional.ofNullable(byName.get(name));
    JsonNode saved =
        stored.isEmpty()
            ? run.create(entry, "createRole", body, Optional.empty())
            : run.call(entry, "updateRole", Map.of("id", stored.get().path("id").asText()), body);
    Map<String, String> id = Map.of("id", saved.path("id").asText());
    Set<Permission> before = permissions(id);
    if (entry.has("permissions")) {
      replace(entry, id, before);
    }
    ObjectNode after = with((ObjectNode) saved, permissions(id));
    if (stored.isEmpty()) {
      run.report().created(KIND, name, after);
    } else {
      run.report().written(KIND, name, with(stored.get(), before), after);
    }
  }

  private Set<Permission> permissions(Map<String, String> role) {
    Set<Permission> permissions = new LinkedHashSet<>();
    run.pages("listRolePermissions", "permissions", role, Map.of())
        .forEach(item -> permissions.add(permission(item)));
    return permissions;
  }

  private static Permission permission(JsonNode item) {
    return new Permission(
        item.path("resource_server_identifier").asText(), item.path("permission_name").asText());
  }

  private void replace(Entry entry, Map<String, String> role, Set<Permission> before) {
    Set<Permission> wanted = new LinkedHashSet<>();
    for (Entry item : entry.list("permissions")) {
      wanted.add(
          new Permission(item.text("resource_server_identifier"), item.text("permission_name")));
    }
    Set<Permission> added = new LinkedHashSet<>(wanted);
    added.removeAll(before);
    Set<Permission> removed = new LinkedHashSet<>(before);
    removed.removeAll(wanted);
    if (!removed.isEmpty()) {
      run.call(entry.at("permissions"), "removeRolePermissions", role, body(removed));
    }
    if (!added.isEmpty()) {
      run.call(entry.at("permissions"), "addRolePermissions", role, body(added));
    }
  }

  private static ObjectNode body(Set<Permission> permissions) {
    ObjectNode body = JsonNodeFactory.instance.objectNode();
    body.set("permissions", json(permissions));
    return body;
  }

  private static ArrayNode json(Set<Permission> permissions) {
    ArrayNode json = JsonNodeFactory.instance.arrayNode();
    for (Permission permission : permissions) {
      json.addObject()
          .put("resource_server_identifier", permission.api())
          .put("permission_name", permission.name());
    }
    return json;
  }

  private static ObjectNode with(ObjectNode role, Set<Permission> permissions) {
    ObjectNode whole = role.deepCopy();
    whole.set("permissions", json(permissions));
    return whole;
  }
}
