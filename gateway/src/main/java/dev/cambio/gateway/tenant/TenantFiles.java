package dev.cambio.gateway.tenant;

import com.fasterxml.jackson.core.JsonLocation;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import dev.cambio.model.bus.Json;
import java.io.IOException;
import java.nio.charset.MalformedInputException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;

/**
 * A tenant's files: {@code tenant.yaml} and what it refers to, with keywords replaced. Nothing
 * outside their directory is read.
 */
final class TenantFiles {
  private static final ObjectMapper YAML =
      YAMLMapper.builder(
              YAMLFactory.builder().enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION).build())
          .build();

  private final Path directory;
  private final Path tenantFile;
  private final Keywords keywords;

  private TenantFiles(Path directory, Path tenantFile, Keywords keywords) {
    this.directory = directory;
    this.tenantFile = tenantFile;
    this.keywords = keywords;
  }

  /** The files of a directory, or those around a given {@code tenant.yaml}. */
  static TenantFiles at(Path directoryOrFile, ImportOptions options) {
    boolean isFile = Files.isRegularFile(directoryOrFile);
    Path directory =
        isFile ? directoryOrFile.toAbsolutePath().getParent() : directoryOrFile.toAbsolutePath();
    Path tenantFile = isFile ? directoryOrFile : directoryOrFile.resolve("tenant.yaml");
    if (directory == null || !Files.isRegularFile(tenantFile)) {
      throw new TenantImportException(tenantFile + ": there is no such file");
    }
    Map<String, JsonNode> values = mappings(directory.resolve("config.json"));
    values.put("MANAGEMENT_AUDIENCE", TextNode.valueOf(options.managementAudience()));
    options.keywords().forEach((name, value) -> values.put(name, TextNode.valueOf(value)));
    return new TenantFiles(directory, tenantFile, new Keywords(values));
  }

  private static Map<String, JsonNode> mappings(Path config) {
    Map<String, JsonNode> values = new HashMap<>();
    if (Files.exists(config)) {
      try {
        JsonNode json = Json.parse(Files.readString(config));
        json.path("AUTH0_KEYWORD_REPLACE_MAPPINGS")
            .properties()
            .forEach(mapping -> values.put(mapping.getKey(), mapping.getValue()));
      } catch (IOException e) {
        throw new TenantImportException(config + ": not readable as JSON");
      }
    }
    return values;
  }

  /** The parsed {@code tenant.yaml}. */
  Entry tenant() {
    String text = read(tenantFile);
    try {
      JsonNode root = YAML.readTree(text);
      if (root.isMissingNode() || root.isNull()) {
        root = JsonNodeFactory.instance.objectNode();
      }
      if (!(root instanceof ObjectNode object)) {
        throw new TenantImportException(tenantFile + ": must be a mapping");
      }
      return new Entry(tenantFile.toString(), "", object);
    } catch (JsonProcessingException e) {
      JsonLocation at = e.getLocation();
      throw new TenantImportException(
          "%s:%d: %s"
              .formatted(
                  tenantFile, at == null ? 1 : at.getLineNr(), firstLine(e.getOriginalMessage())));
    }
  }

  /** The text of a file that an entry refers to, relative to the directory. */
  String sideFile(Entry entry, String member) {
    String given = entry.text(member);
    Path file = directory.resolve(given.replace('\\', '/')).normalize();
    if (!file.startsWith(directory)) {
      throw entry.at(member).problem("'" + given + "' leads out of the tenant's directory");
    }
    if (!Files.isRegularFile(file)) {
      throw entry.at(member).problem("there is no file '" + given + "'");
    }
    return read(file);
  }

  private String read(Path file) {
    String text;
    try {
      text = keywords.replace(Files.readString(file));
    } catch (MalformedInputException e) {
      throw new TenantImportException(file + ": not UTF-8");
    } catch (IOException e) {
      throw new TenantImportException(file + ": not readable");
    }
    Keywords.unresolved(text)
        .ifPresent(
            marker -> {
              throw new TenantImportException(file + ": nothing replaces the keyword " + marker);
            });
    return text;
  }

  private static String firstLine(String message) {
    return message.lines().findFirst().orElse("not YAML");
  }
}
