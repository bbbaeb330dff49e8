package dev.cambio.gateway.files;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import com.fasterxml.jackson.dataformat.yaml.YAMLGenerator;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/** Writes an exported tenant in one of the two layouts (contract management-api §4.1, §4.3). */
record TenantWriter(Path directory) {
  private static final YAMLMapper YAML =
      new YAMLMapper(
          YAMLFactory.builder()
              .disable(YAMLGenerator.Feature.WRITE_DOC_START_MARKER)
              .disable(YAMLGenerator.Feature.SPLIT_LINES)
              .build());

  /** A file name for an entity: what file systems may not like becomes a hyphen. */
  static String sanitized(String name) {
    String safe = name.replaceAll("[^A-Za-z0-9._@ -]", "-").replaceAll("^[. ]+|[. ]+$", "-");
    return safe.isEmpty() ? "-" : safe;
  }

  void writeYaml(TenantExport export) throws IOException {
    write("tenant.yaml", YAML.writeValueAsString(export.root()));
    for (Map.Entry<String, String> file : export.sideFiles().entrySet()) {
      write(file.getKey(), file.getValue());
    }
  }

  void writeDirectory(TenantExport export) throws IOException {
    ObjectNode root = export.root();
    write(DirectoryLayout.TENANT, json(root.path("tenant")));
    Set<String> used = new HashSet<>();
    for (Map.Entry<String, String> folder : DirectoryLayout.FOLDERS.entrySet()) {
      if (root.has(folder.getValue())) {
        Files.createDirectories(directory.resolve(folder.getKey()));
        for (JsonNode entity : root.path(folder.getValue())) {
          write(free(used, folder.getKey() + "/" + name(entity)) + ".json", json(entity));
        }
      }
    }
    writeDatabases(export);
    for (Map.Entry<String, String> file : export.sideFiles().entrySet()) {
      if (!file.getKey().startsWith("./databases/")) {
        write(file.getKey(), file.getValue());
      }
    }
    write(DirectoryLayout.TRIGGERS + "/triggers.json", json(root.path("triggers")));
    for (Map.Entry<String, String> section : DirectoryLayout.PROTECTIONS.entrySet()) {
      JsonNode protection = root.path("attackProtection").path(section.getValue());
      if (!protection.isMissingNode()) {
        write(DirectoryLayout.PROTECTION + "/" + section.getKey() + ".json", json(protection));
      }
    }
  }

  private void writeDatabases(TenantExport export) throws IOException {
    Files.createDirectories(directory.resolve(DirectoryLayout.DATABASES));
    for (JsonNode database : export.root().path("databases")) {
      String folder =
          DirectoryLayout.DATABASES + "/" + sanitized(database.path("name").asText()) + "/";
      ObjectNode written = database.deepCopy();
      if (written.at("/options/customScripts") instanceof ObjectNode scripts) {
        for (Map.Entry<String, JsonNode> script : scripts.properties()) {
          write(
              folder + script.getKey() + ".js",
              export.sideFiles().getOrDefault(script.getValue().asText(), ""));
          scripts.put(script.getKey(), "./" + script.getKey() + ".js");
        }
      }
      write(folder + "database.json", json(written));
    }
  }

  private static String name(JsonNode entity) {
    if (entity.has("client_id") && entity.has("audience")) {
      return sanitized(entity.path("client_id").asText() + "-" + entity.path("audience").asText());
    }
    String name = entity.path("name").asText();
    return sanitized(name.isEmpty() ? entity.path("user_id").asText() : name);
  }

  /** Names that differ may be sanitized to the same. */
  private static String free(Set<String> used, String name) {
    String free = name;
    for (int i = 2; !used.add(free); i++) {
      free = name + "-" + i;
    }
    return free;
  }

  private static String json(JsonNode json) {
    return json.toPrettyString() + "\n";
  }

  private void write(String file, String text) throws IOException {
    Path path = directory.resolve(file).normalize();
    Files.createDirectories(path.resolveSibling(""));
    Files.writeString(path, text);
  }
}
