package dev.cambio.gateway.files;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.cambio.gateway.disk.FileNames;
import dev.cambio.model.action.Trigger;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A tenant in the form of files, read by the operations of the Management API: references by name,
 * without ids and without secrets (contract management-api §4.1, §4.2).
 */
final class TenantExport {
  private static final String DATABASE = "auth0";
  private static final List<String> CLIENT_OWN =
      List.of(
          "client_id",
          "client_secret",
          "client_authentication_methods",
          "signing_keys",
          "tenant",
          "global",
          "callback_url_template",
          "created_at",
          "updated_at");

  private final EntityReader reader;
  private final ObjectNode root = JsonNodeFactory.instance.objectNode();
  private final Map<String, String> sideFiles = new LinkedHashMap<>();
  private final Map<String, String> clientNames = new HashMap<>();
  private final Map<String, String> connectionNames = new HashMap<>();
  private final Map<String, String> actionNames = new HashMap<>();
  private final FileNames moduleFiles = names();
  private final FileNames actionFiles = names();
  private final FileNames databaseFiles = names();

  TenantExport(EntityReader reader) {
    this.reader = reader;
  }

  /** For the entities of a folder, which may have a file and a folder each. */
  static FileNames names() {
    return new FileNames(".json");
  }

  /** The content of {@code tenant.yaml}. */
  ObjectNode root() {
    return root;
  }

  /** Texts of the files it refers to, by path from the root. */
  Map<String, String> sideFiles() {
    return sideFiles;
  }

  TenantExport readAll() {
    settings();
    resourceServers();
    clients();
    modules();
    actions();
    connections();
    clientGrants();
    roles();
    profiles();
    organizations();
    triggers();
    return this;
  }

  private void settings() {
    ObjectNode tenant = (ObjectNode) reader.get("getTenantSettings", Map.of()).deepCopy();
    tenant.remove(List.of("sandbox_versions_available"));
    root.set("tenant", tenant);
    ObjectNode protection = root.putObject("attackProtection");
    SettingsFiles.PROTECTIONS.forEach(
        (member, operation) -> {
          JsonNode section = reader.get("get" + operation, Map.of());
          if (!section.isEmpty()) {
            protection.set(member, section);
          }
        });
  }

  private void resourceServers() {
    ArrayNode list = root.putArray("resourceServers");
    for (ObjectNode api :
        reader.pages("listResourceServers", "resource_servers", Map.of(), Map.of())) {
      if (!api.path("is_system").asBoolean(false)) {
        api.remove(List.of("id", "is_system", "signing_secret"));
        list.add(api);
      }
    }
  }

  private void clients() {
    ArrayNode list = root.putArray("clients");
    for (ObjectNode client : reader.pages("listClients", "clients", Map.of(), Map.of())) {
      clientNames.put(client.path("client_id").asText(), client.path("name").asText());
      if (client.has("client_authentication_methods")) {
        client.remove("token_endpoint_auth_method");
      }
      client.remove(CLIENT_OWN);
      if (client.get("jwt_configuration") instanceof ObjectNode jwt) {
        jwt.remove("secret_encoded");
      }
      list.add(client);
    }
  }

  private void modules() {
    ArrayNode list = root.putArray("actionModules");
    for (ObjectNode module : reader.pages("listActionModules", "modules", Map.of(), Map.of())) {
      String name = module.path("name").asText();
      ObjectNode entry = list.addObject().put("name", name);
      String file = "./action-modules/" + moduleFiles.of(name) + "/code.js";
      sideFiles.put(file, module.path("code").asText());
      entry.put("code", file);
      entry.set("dependencies", module.path("dependencies"));
      entry.set("secrets", names(module.path("secrets")));
      entry.set("all_changes_published", module.path("all_changes_published"));
    }
  }

  private static ArrayNode names(JsonNode secrets) {
    ArrayNode names = JsonNodeFactory.instance.arrayNode();
    secrets.forEach(secret -> names.addObject().set("name", secret.path("name")));
    return names;
  }

  private void actions() {
    ArrayNode list = root.putArray("actions");
    for (ObjectNode action : reader.pages("listActions", "actions", Map.of(), Map.of())) {
      String name = action.path("name").asText();
      actionNames.put(action.path("id").asText(), name);
      ObjectNode entry = list.addObject().put("name", name);
      String file = "./actions/" + actionFiles.of(name) + "/code.js";
      sideFiles.put(file, action.path("code").asText());
      entry.put("code", file);
      entry.set("runtime", action.path("runtime"));
      entry.put("deployed", action.path("deployed_version").has("id"));
      entry.set("dependencies", action.path("dependencies"));
      entry.set("secrets", names(action.path("secrets")));
      ArrayNode modules = entry.putArray("modules");
      for (JsonNode module : action.path("modules")) {
        modules.add(
            ((ObjectNode) module.deepCopy()).retain("module_name", "module_version_number"));
      }
      entry.set("supported_triggers", action.path("supported_triggers"));
    }
  }

  private void connections() {
    ArrayNode databases = root.putArray("databases");
    ArrayNode others = root.putArray("connections");
    for (ObjectNode connection : reader.cursor("listConnections", "connections", Map.of())) {
      String name = connection.path("name").asText();
      connectionNames.put(connection.path("id").asText(), name);
      boolean database = connection.path("strategy").asText().equals(DATABASE);
      ArrayNode enabled = JsonNodeFactory.instance.arrayNode();
      connection
          .path("enabled_clients")
          .forEach(client -> enabled.add(clientNames.get(client.asText())));
      connection.set("enabled_clients", enabled);
      connection.remove("id");
      if (connection.at("/options/customScripts") instanceof ObjectNode scripts) {
        String folder = "./databases/" + databaseFiles.of(name) + "/";
        FileNames scriptFiles = new FileNames(".js");
        for (Map.Entry<String, JsonNode> script : scripts.properties()) {
          String file = folder + scriptFiles.of(script.getKey()) + ".js";
          sideFiles.put(file, script.getValue().asText());
          scripts.put(script.getKey(), file);
        }
      }
      (database ? databases : others).add(connection);
    }
  }

  private void clientGrants() {
    ArrayNode list = root.putArray("clientGrants");
    for (ObjectNode grant : reader.cursor("listClientGrants", "client_grants", Map.of())) {
      String client = clientNames.get(grant.path("client_id").asText());
      if (client != null) {
        grant.remove("id");
        list.add(grant.put("client_id", client));
      }
    }
  }

  private void roles() {
    ArrayNode list = root.putArray("roles");
    for (ObjectNode role : reader.pages("listRoles", "roles", Map.of(), Map.of())) {
      ArrayNode permissions = JsonNodeFactory.instance.arrayNode();
      Map<String, String> id = Map.of("id", role.path("id").asText());
      for (ObjectNode permission :
          reader.pages("listRolePermissions", "permissions", id, Map.of())) {
        permissions.add(permission.retain("permission_name", "resource_server_identifier"));
      }
      list.add(role.retain("name", "description"));
      role.set("permissions", permissions);
    }
  }

  private void profiles() {
    ArrayNode list = root.putArray("tokenExchangeProfiles");
    for (ObjectNode profile :
        reader.cursor("listTokenExchangeProfiles", "token_exchange_profiles", Map.of())) {
      String action = actionNames.get(profile.path("action_id").asText());
      if (action != null) { // one left behind by a forced delete cannot be imported
        list.add(
            profile
                .retain("name", "subject_token_type", "type", "subject_token_is_ours")
                .put("action", action));
      }
    }
  }

  private void organizations() {
    ArrayNode list = root.putArray("organizations");
    for (ObjectNode organization : reader.cursor("listOrganizations", "organizations", Map.of())) {
      Map<String, String> id = Map.of("id", organization.path("id").asText());
      organization.remove("id");
      ArrayNode connections = organization.putArray("connections");
      for (ObjectNode connection :
          reader.pages("listOrganizationConnections", "connections", id, Map.of())) {
        String name = connectionNames.get(connection.path("connection_id").asText());
        connection.remove(List.of("connection_id", "connection"));
        connections.add(connection.put("name", name));
      }
      ArrayNode grants = organization.putArray("client_grants");
      for (ObjectNode grant :
          reader.pages("listOrganizationClientGrants", "client_grants", id, Map.of())) {
        grants
            .addObject()
            .put("client_id", clientNames.get(grant.path("client_id").asText()))
            .put("audience", grant.path("audience").asText());
      }
      list.add(organization);
    }
  }

  private void triggers() {
    ObjectNode triggers = root.putObject("triggers");
    for (Trigger trigger : Trigger.values()) {
      ArrayNode bound = bound(trigger.id());
      if (trigger == Trigger.POST_LOGIN || !bound.isEmpty()) {
        triggers.set(trigger.id(), bound);
      }
    }
  }

  private ArrayNode bound(String triggerId) {
    ArrayNode bound = root.arrayNode();
    for (ObjectNode binding :
        reader.pages("getBindings", "bindings", Map.of("id", triggerId), Map.of())) {
      bound
          .addObject()
          .put("action_name", binding.path("action").path("name").asText())
          .put("display_name", binding.path("display_name").asText());
    }
    return bound;
  }
}
