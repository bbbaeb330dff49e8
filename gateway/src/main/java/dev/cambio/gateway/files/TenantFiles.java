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
import dev.cambio.gateway.disk.Folder;
import dev.cambio.gateway.disk.Refusal;
import dev.cambio.gateway.disk.Refusal.Reason;
import dev.cambio.model.bus.Json;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CoderResult;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * A tenant's files: {@code tenant.yaml} and what it refers to, with keywords replaced. Nothing
 * outside their directory is read, not by a link either, and nothing that is no regular file.
 */
final class TenantFiles {
  private static final String MAPPINGS = "AUTH0_KEYWORD_REPLACE_MAPPINGS";

  /** The largest file, before and after its keywords are replaced. */
  private static final int MAX_BYTES = 16 * 1024 * 1024;

  /** All that is read into one tree. */
  private static final long MAX_TREE_BYTES = 64L * 1024 * 1024;

  /** Each is looked for in each file. */
  private static final int MAX_KEYWORDS = 1000;

  /** Takes 3 MiB at most: its scanner takes time by the square of the longest scalar. */
  private static final YAMLMapper YAML =
      YAMLMapper.builder(
              YAMLFactory.builder()
                  .streamReadConstraints(Json.CONSTRAINTS)
                  .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                  .build())
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .build();

  private final Path tenantFile;
  private final Folder folder;
  private final Keywords keywords;
  private long treeBytes;

  private TenantFiles(Path tenantFile, Folder folder, Keywords keywords) {
    this.tenantFile = tenantFile;
    this.folder = folder;
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
    Folder folder = folderOf(tenantFile);
    Map<String, JsonNode> values = mappings(folder, tenantFile.resolveSibling("config.json"));
    values.put("MANAGEMENT_AUDIENCE", TextNode.valueOf(options.managementAudience()));
    values.putAll(options.keywords());
    return new TenantFiles(tenantFile, folder, new Keywords(values));
  }

  private static Folder folderOf(Path tenantFile) {
    try {
      return Folder.of(tenantFile.toAbsolutePath().resolveSibling(""));
    } catch (IOException e) {
      throw new TenantImportException(tenantFile + ": not readable");
    }
  }

  private static Map<String, JsonNode> mappings(Folder folder, Path config) {
    Map<String, JsonNode> values = new LinkedHashMap<>();
    if (!Files.exists(config)) {
      return values;
    }
    JsonNode given;
    try {
      given = Json.parse(text(folder, config, config)).path(MAPPINGS);
    } catch (JsonProcessingException e) {
      throw new TenantImportException(config + ":" + line(e) + ": not readable as JSON");
    }
    if (!given.isMissingNode() && !given.isObject()) {
      throw new TenantImportException(config + ": " + MAPPINGS + ": must be a mapping");
    }
    if (given.size() > MAX_KEYWORDS) {
      throw new TenantImportException(
          config + ": " + MAPPINGS + ": more than " + MAX_KEYWORDS + " keywords");
    }
    given.properties().forEach(mapping -> values.put(mapping.getKey(), mapping.getValue()));
    return values;
  }

  /** The tenant, from whichever layout; {@code tenant.yaml} goes first. */
  Entry tenant() {
    return Files.isRegularFile(tenantFile)
        ? tenantYaml()
        : new DirectoryLayout(tenantFile.resolveSibling(""), this::json, this::list).read();
  }

  private List<Path> list(Path directory) {
    try {
      return folder.list(directory);
    } catch (Refusal e) {
      throw refused(e, directory);
    } catch (IOException e) {
      throw new TenantImportException(directory + ": not readable");
    }
  }

  private ObjectNode json(Path file) {
    try {
      if (Json.parse(tree(file)) instanceof ObjectNode object) {
        return object;
      }
    } catch (JsonProcessingException e) {
      throw new TenantImportException(file + ":" + line(e) + ": not readable as JSON");
    }
    throw new TenantImportException(file + ": must be an object");
  }

  private Entry tenantYaml() {
    String text = tree(tenantFile);
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
    return new TenantImportException(
        tenantFile + ":" + line + ": " + TenantImportException.shown(reason));
  }

  /** The text of a file that an entry refers to, relative to the directory. */
  String sideFile(Entry entry, String member) {
    String given = entry.text(member);
    Path file;
    try {
      file = folder.root().resolve(given.replace('\\', '/')).normalize();
    } catch (InvalidPathException e) {
      throw entry.at(member).problem("'" + given + "' is not readable");
    }
    if (!file.startsWith(folder.root())) {
      throw escape(entry.at(member), given);
    }
    if (!Files.isRegularFile(file)) {
      throw entry.at(member).problem("there is no file '" + given + "'");
    }
    Path shown = tenantFile.resolveSibling(folder.root().relativize(file));
    try {
      return replaced(decoded(folder.read(file, MAX_BYTES), shown), shown);
    } catch (Refusal e) {
      throw e.reason() == Reason.OUTSIDE ? escape(entry.at(member), given) : refused(e, shown);
    } catch (IOException e) {
      throw entry.at(member).problem("'" + given + "' is not readable");
    }
  }

  private static TenantImportException escape(Entry place, String given) {
    return place.problem("'" + given + "' leads out of the tenant's directory");
  }

  /** The text of a file that becomes a part of the tree. */
  private String tree(Path file) {
    String text = replaced(text(folder, file, file), file);
    treeBytes += text.length();
    if (treeBytes > MAX_TREE_BYTES) {
      throw new TenantImportException(
          file + ": with this file the tenant is larger than " + MAX_TREE_BYTES + " bytes");
    }
    return text;
  }

  private static String text(Folder folder, Path file, Path shown) {
    try {
      return decoded(folder.read(file, MAX_BYTES), shown);
    } catch (Refusal e) {
      throw refused(e, shown);
    } catch (IOException e) {
      throw new TenantImportException(shown + ": not readable");
    }
  }

  private static String decoded(byte[] bytes, Path shown) {
    CharBuffer text = CharBuffer.allocate(bytes.length);
    CharsetDecoder decoder = StandardCharsets.UTF_8.newDecoder();
    CoderResult result = decoder.decode(ByteBuffer.wrap(bytes), text, true);
    text.flip();
    if (result.isError()) {
      long line = text.chars().filter(c -> c == '\n').count() + 1;
      throw new TenantImportException(shown + ":" + line + ": not UTF-8");
    }
    return text.toString();
  }

  private String replaced(String text, Path shown) {
    String replaced =
        keywords
            .replace(text, MAX_BYTES)
            .orElseThrow(
                () ->
                    new TenantImportException(
                        shown
                            + ": larger than "
                            + MAX_BYTES
                            + " characters when its keywords are replaced"));
    Keywords.unresolved(replaced)
        .ifPresent(
            marker -> {
              throw new TenantImportException(shown + ": nothing replaces the keyword " + marker);
            });
    return replaced;
  }

  private static TenantImportException refused(Refusal refusal, Path shown) {
    return new TenantImportException(
        shown
            + ": "
            + switch (refusal.reason()) {
              case OUTSIDE -> "leads out of the tenant's directory";
              case NO_FILE -> "is no regular file";
              case TOO_LARGE -> "larger than " + MAX_BYTES + " bytes";
            });
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
