package dev.cambio.gateway.files;

import com.fasterxml.jackson.core.JsonLocation;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import com.fasterxml.jackson.dataformat.yaml.YAMLParser;
import dev.cambio.model.bus.Json;
import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * A tenant's files: {@code tenant.yaml} and what it refers to, with keywords replaced. Nothing
 * outside their directory is read, not by a link either.
 */
final class TenantFiles {
  private static final String MAPPINGS = "AUTH0_KEYWORD_REPLACE_MAPPINGS";
  private static final int MAX_BYTES = 16 * 1024 * 1024;
  private static final YAMLMapper YAML =
      YAMLMapper.builder(
              YAMLFactory.builder().enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION).build())
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .build();

  private final Path tenantFile;
  private final Path directory;
  private final Keywords keywords;

  private TenantFiles(Path tenantFile, Path directory, Keywords keywords) {
    this.tenantFile = tenantFile;
    this.directory = directory;
    this.keywords = keywords;
  }

  /** The files of a directory in either layout, or those around a given {@code tenant.yaml}. */
  static TenantFiles at(Path directoryOrFile, ImportOptions options) {
    Path tenantFile =
        Files.isDirectory(directoryOrFile)
            ? directoryOrFile.resolve("tenant.yaml")
            : directoryOrFile;
    boolean layout = Files.isDirectory(directoryOrFile) && DirectoryLayout.is(directoryOrFile);
    if (!Files.isRegularFile(tenantFile) && !layout) {
      throw new TenantImportException(tenantFile + ": there is no such file");
    }
    Map<String, JsonNode> values = mappings(tenantFile.resolveSibling("config.json"));
    values.put("MANAGEMENT_AUDIENCE", TextNode.valueOf(options.managementAudience()));
    values.putAll(options.keywords());
    return new TenantFiles(tenantFile, directoryOf(tenantFile), new Keywords(values));
  }

  private static Path directoryOf(Path tenantFile) {
    try {
      Path absolute = tenantFile.toAbsolutePath();
      return absolute.resolveSibling("").toRealPath();
    } catch (IOException e) {
      throw new TenantImportException(tenantFile + ": not readable");
    }
  }

  private static Map<String, JsonNode> mappings(Path config) {
    Map<String, JsonNode> values = new LinkedHashMap<>();
    if (!Files.exists(config)) {
      return values;
    }
    JsonNode given;
    try {
      given = Json.parse(Files.readString(config)).path(MAPPINGS);
    } catch (JsonProcessingException e) {
      throw new TenantImportException(config + ":" + line(e) + ": not readable as JSON");
    } catch (IOException e) {
      throw new TenantImportException(config + ": not readable");
    }
    if (!given.isMissingNode() && !given.isObject()) {
      throw new TenantImportException(config + ": " + MAPPINGS + ": must be a mapping");
    }
    given.properties().forEach(mapping -> values.put(mapping.getKey(), mapping.getValue()));
    return values;
  }

  /** The tenant, from whichever layout; {@code tenant.yaml} goes first. */
  Entry tenant() {
    return Files.isRegularFile(tenantFile)
        ? tenantYaml()
        : new DirectoryLayout(tenantFile.resolveSibling(""), this::json).read();
  }

  private ObjectNode json(Path file) {
    try {
      if (!file.toRealPath().startsWith(directory)) {
        throw new TenantImportException(file + ": leads out of the tenant's directory");
      }
      if (Json.parse(read(file, file)) instanceof ObjectNode object) {
        return object;
      }
    } catch (JsonProcessingException e) {
      throw new TenantImportException(file + ":" + line(e) + ": not readable as JSON");
    } catch (IOException e) {
      throw new TenantImportException(file + ": not readable");
    }
    throw new TenantImportException(file + ": must be an object");
  }

  private Entry tenantYaml() {
    String text = read(tenantFile, tenantFile);
    try {
      requireNoAliases(text);
      JsonNode root = YAML.readTree(text);
      if (root.isMissingNode() || root.isNull()) {
        root = JsonNodeFactory.instance.objectNode();
      }
      if (!(root instanceof ObjectNode object)) {
        throw new TenantImportException(tenantFile + ": must be a mapping");
      }
      return new Entry(tenantFile.toString(), object);
    } catch (JsonProcessingException e) {
      throw invalid(line(e), reason(e.getOriginalMessage()));
    } catch (IOException e) {
      throw new TenantImportException(tenantFile + ": not readable");
    }
  }

  /** Read as a tree, an alias would silently become a string of that name. */
  private void requireNoAliases(String text) throws IOException {
    try (YAMLParser parser = YAML.getFactory().createParser(text)) {
      while (parser.nextToken() != null) {
        if (parser.isCurrentAlias()) {
          throw invalid(parser.currentTokenLocation().getLineNr(), "aliases are not supported");
        }
      }
    }
  }

  private TenantImportException invalid(int line, String reason) {
    return new TenantImportException(tenantFile + ":" + line + ": " + reason);
  }

  /** The text of a file that an entry refers to, relative to the directory. */
  String sideFile(Entry entry, String member) {
    String given = entry.text(member);
    try {
      Path file = directory.resolve(given.replace('\\', '/')).normalize();
      if (!file.startsWith(directory)) {
        throw escape(entry.at(member), given);
      }
      if (!Files.isRegularFile(file)) {
        throw entry.at(member).problem("there is no file '" + given + "'");
      }
      if (!file.toRealPath().startsWith(directory)) {
        throw escape(entry.at(member), given);
      }
      return read(file, tenantFile.resolveSibling(directory.relativize(file)));
    } catch (InvalidPathException | IOException e) {
      throw entry.at(member).problem("'" + given + "' is not readable");
    }
  }

  private static TenantImportException escape(Entry place, String given) {
    return place.problem("'" + given + "' leads out of the tenant's directory");
  }

  private String read(Path file, Path shown) {
    String text;
    try {
      if (Files.size(file) > MAX_BYTES) {
        throw new TenantImportException(shown + ": larger than " + MAX_BYTES + " bytes");
      }
      text = keywords.replace(Files.readString(file));
    } catch (CharacterCodingException e) {
      throw new TenantImportException(shown + ": not UTF-8");
    } catch (IOException e) {
      throw new TenantImportException(shown + ": not readable");
    }
    Keywords.unresolved(text)
        .ifPresent(
            marker -> {
              throw new TenantImportException(shown + ": nothing replaces the keyword " + marker);
            });
    return text;
  }

  private static int line(JsonProcessingException e) {
    JsonLocation at = e.getLocation();
    return at == null ? 1 : at.getLineNr();
  }

  /** What the parser says, without the excerpts of the file, which may show secrets. */
  private static String reason(String message) {
    return message
        .lines()
        .filter(line -> !line.isBlank() && !line.startsWith(" "))
        .collect(Collectors.joining(": "));
  }
}
