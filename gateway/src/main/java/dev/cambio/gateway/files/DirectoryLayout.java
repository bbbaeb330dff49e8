package dev.cambio.gateway.files;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Stream;

/**
 * The layout with a file per entity (contract management-api §4.3). It is read into the same tree
 * as {@code tenant.yaml}; a folder that is missing is a section that is missing.
 *
 * @param directory of the tenant
 * @param reader reads a file as a JSON object, keywords replaced
 * @param children what is in a folder, in order of name
 */
record DirectoryLayout(
    Path directory, Function<Path, ObjectNode> reader, Function<Path, List<Path>> children) {
  static final String TENANT = "tenant.json";
  static final String TRIGGERS = "triggers";
  static final String DATABASES = "database-connections";
  static final String PROTECTION = "attack-protection";

  /** Folders that hold a file per entity, and the sections that these make. */
  static final Map<String, String> FOLDERS = folders();

  /** Files of the folder {@value #PROTECTION}, and the members that these make. */
  static final Map<String, String> PROTECTIONS =
      Map.of(
          "suspicious-ip-throttling", "suspiciousIpThrottling",
          "brute-force-protection", "bruteForceProtection",
          "breached-password-detection", "breachedPasswordDetection",
          "bot-detection", "botDetection",
          "captcha", "captcha");

  private static Map<String, String> folders() {
    Map<String, String> folders = new LinkedHashMap<>();
    folders.put("resource-servers", "resourceServers");
    folders.put("clients", "clients");
    folders.put("actions", "actions");
    folders.put("connections", "connections");
    folders.put("grants", "clientGrants");
    folders.put("roles", "roles");
    folders.put("token-exchange-profiles", "tokenExchangeProfiles");
    folders.put("organizations", "organizations");
    folders.put("action-modules", "actionModules");
    folders.put("x-users", "x-users");
    return folders;
  }

  /** Whether a directory is laid out like this. */
  static boolean is(Path directory) {
    return Files.isRegularFile(directory.resolve(TENANT))
        || Stream.concat(FOLDERS.keySet().stream(), Stream.of(DATABASES, PROTECTION, TRIGGERS))
            .anyMatch(folder -> Files.isDirectory(directory.resolve(folder)));
  }

  /** The tree, and which of its places come from which file. */
  Entry read() {
    ObjectNode root = JsonNodeFactory.instance.objectNode();
    Map<String, String> origins = new HashMap<>();
    Path tenant = directory.resolve(TENANT);
    if (Files.isRegularFile(tenant)) {
      root.set("tenant", reader.apply(tenant));
      origins.put("tenant", tenant.toString());
    }
    FOLDERS.forEach((folder, section) -> readFolder(root, origins, folder, section));
    readDatabases(root, origins);
    readProtection(root, origins);
    readTriggers(root, origins);
    return new Entry(directory.toString(), "", root, origins);
  }

  private void readFolder(
      ObjectNode root, Map<String, String> origins, String folder, String section) {
    Path path = directory.resolve(folder);
    if (Files.isDirectory(path)) {
      ArrayNode entities = root.putArray(section);
      for (Path file : jsonFiles(path)) {
        origins.put(section + "[" + entities.size() + "]", file.toString());
        entities.add(reader.apply(file));
      }
    }
  }

  private void readDatabases(ObjectNode root, Map<String, String> origins) {
    Path path = directory.resolve(DATABASES);
    if (!Files.isDirectory(path)) {
      return;
    }
    ArrayNode databases = root.putArray("databases");
    for (Path folder : children.apply(path).stream().filter(Files::isDirectory).toList()) {
      Path file = folder.resolve("database.json");
      if (Files.isRegularFile(file)) {
        ObjectNode database = reader.apply(file);
        // Scripts are named from their own folder, code of Actions from the root.
        if (database.at("/options/customScripts") instanceof ObjectNode scripts) {
          for (Map.Entry<String, JsonNode> script : scripts.properties()) {
            String given = script.getValue().asText().replaceFirst("^\\./", "");
            scripts.put(
                script.getKey(), "./" + DATABASES + "/" + folder.getFileName() + "/" + given);
          }
        }
        origins.put("databases[" + databases.size() + "]", file.toString());
        databases.add(database);
      }
    }
  }

  private void readProtection(ObjectNode root, Map<String, String> origins) {
    Path path = directory.resolve(PROTECTION);
    if (!Files.isDirectory(path)) {
      return;
    }
    ObjectNode protection = root.putObject("attackProtection");
    for (Path file : jsonFiles(path)) {
      String name = file.getFileName().toString().replaceFirst("\\.json$", "");
      String member = PROTECTIONS.get(name);
      if (member != null) {
        origins.put("attackProtection." + member, file.toString());
        protection.set(member, reader.apply(file));
      }
    }
  }

  private void readTriggers(ObjectNode root, Map<String, String> origins) {
    Path path = directory.resolve(TRIGGERS);
    if (Files.isDirectory(path)) {
      jsonFiles(path).stream()
          .findFirst()
          .ifPresent(
              file -> {
                origins.put("triggers", file.toString());
                root.set("triggers", reader.apply(file));
              });
    }
  }

  private List<Path> jsonFiles(Path folder) {
    return children.apply(folder).stream()
        .filter(file -> file.toString().endsWith(".json") && Files.isRegularFile(file))
        .toList();
  }
}
