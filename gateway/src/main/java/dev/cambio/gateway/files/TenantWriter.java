package dev.cambio.gateway.files;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import com.fasterxml.jackson.dataformat.yaml.YAMLGenerator;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import dev.cambio.gateway.disk.FileNames;
import dev.cambio.gateway.disk.Folder;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;

/**
 * Writes an exported tenant in one of the two layouts (contract management-api §4.1, §4.3).
 *
 * @param directory which nothing is written outside of, whatever entities are called
 */
record TenantWriter(Folder directory) {
  private static final YAMLMapper YAML =
      new YAMLMapper(
          YAMLFactory.builder()
              .disable(YAMLGenerator.Feature.WRITE_DOC_START_MARKER)
              .disable(YAMLGenerator.Feature.SPLIT_LINES)
              .build());

  void writeYaml(TenantExport export) throws IOException {
    write("tenant.yaml", YAML.writeValueAsString(export.root()));
    for (Map.Entry<String, String> file : export.sideFiles().entrySet()) {
      write(file.getKey(), file.getValue());
    }
  }

  void writeDirectory(TenantExport export) throws IOException {
    ObjectNode root = export.root();
    Map<String, String> sideFiles = new LinkedHashMap<>(export.sideFiles());
    write(DirectoryLayout.TENANT, json(root.path("tenant")));
    for (Map.Entry<String, String> folder : DirectoryLayout.FOLDERS.entrySet()) {
      if (root.has(folder.getValue())) {
        directory.makeFolder(folder.getKey());
        FileNames names = TenantExport.names();
        for (JsonNode entity : root.path(folder.getValue())) {
          write(folder.getKey() + "/" + names.of(name(entity)) + ".json", json(entity));
        }
      }
    }
    writeDatabases(root.path("databases"), sideFiles);
    for (Map.Entry<String, String> file : sideFiles.entrySet()) {
      write(file.getKey(), file.getValue());
    }
    write(DirectoryLayout.TRIGGERS + "/triggers.json", json(root.path("triggers")));
    for (Map.Entry<String, String> section : DirectoryLayout.PROTECTIONS.entrySet()) {
      JsonNode protection = root.path("attackProtection").path(section.getValue());
      if (!protection.isMissingNode()) {
        write(DirectoryLayout.PROTECTION + "/" + section.getKey() + ".json", json(protection));
      }
    }
  }

  /** Databases with their scripts, which are no side files of the root's then. */
  private void writeDatabases(JsonNode databases, Map<String, String> sideFiles)
      throws IOException {
    directory.makeFolder(DirectoryLayout.DATABASES);
    FileNames names = TenantExport.names();
    for (JsonNode database : databases) {
      String folder = DirectoryLayout.DATABASES + "/" + names.of(name(database)) + "/";
      ObjectNode written = database.deepCopy();
      if (written.at("/options/customScripts") instanceof ObjectNode scripts) {
        for (Map.Entry<String, JsonNode> script : scripts.properties()) {
          String sideFile = script.getValue().asText();
          String file = sideFile.substring(sideFile.lastIndexOf('/') + 1);
          write(folder + file, Objects.requireNonNull(sideFiles.remove(sideFile)));
          scripts.put(script.getKey(), "./" + file);
        }
      }
      write(folder + "database.json", json(written));
    }
  }

  private static String name(JsonNode entity) {
    if (entity.has("client_id") && entity.has("audience")) {
      return entity.path("client_id").asText() + "-" + entity.path("audience").asText();
    }
    String name = entity.path("name").asText();
    return name.isEmpty() ? entity.path("user_id").asText() : name;
  }

  private static String json(JsonNode json) {
    return json.toPrettyString() + "\n";
  }

  private void write(String file, String text) throws IOException {
    directory.write(file, text);
  }
}
