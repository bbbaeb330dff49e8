package dev.cambio.gateway.files;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import dev.cambio.gateway.disk.Folder;
import dev.cambio.gateway.disk.Refusal;
import dev.cambio.gateway.packages.PackageName;
import dev.cambio.model.bus.Json;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * One Action: a folder of a tenant's files, with what these say of it, or a folder by itself, with
 * the {@code dependencies} of its {@code package.json}.
 *
 * @param triggers ids of those it supports; none where nothing says so
 * @param secrets by name
 * @param dependencies {@code [{name, version}]}
 */
public record ActionFolder(
    String name,
    String code,
    List<String> triggers,
    Map<String, String> secrets,
    ArrayNode dependencies) {
  private static final String CODE = "code.js";
  private static final String MANIFEST = "package.json";
  private static final int MAX_BYTES = 100 * 1024;

  /**
   * Reads a folder that holds {@value #CODE}. Two levels above it may be a tenant's directory, in
   * either layout, in which an Action names that file as its code.
   *
   * @param keywords replace markers in the tenant's files
   * @throws TenantImportException in one line, if something is not readable
   */
  public static ActionFolder read(Path folder, Map<String, JsonNode> keywords) {
    Path file = folder.toAbsolutePath().normalize().resolve(CODE);
    if (!Files.isRegularFile(file)) {
      throw new TenantImportException(folder.resolve(CODE) + ": there is no such file");
    }
    return tenantAbove(file)
        .flatMap(tenant -> inTenant(tenant, file, keywords))
        .orElseGet(() -> alone(file));
  }

  private static Optional<Path> tenantAbove(Path file) {
    return Stream.iterate(file.getParent(), above -> above != null, Path::getParent)
        .skip(1)
        .limit(2)
        .filter(
            above -> Files.isRegularFile(above.resolve("tenant.yaml")) || DirectoryLayout.is(above))
        .findFirst();
  }

  private static Optional<ActionFolder> inTenant(
      Path tenant, Path file, Map<String, JsonNode> keywords) {
    TenantFiles files = TenantFiles.at(tenant, new ImportOptions("trial", "localhost", keywords));
    for (Entry entry : files.tenant().list("actions")) {
      if (names(tenant, entry, file)) {
        return Optional.of(of(entry, files.sideFile(entry, "code")));
      }
    }
    return Optional.empty();
  }

  private static boolean names(Path tenant, Entry entry, Path file) {
    return entry
        .optionalText("code")
        .map(given -> tenant.resolve(given.replace('\\', '/')).normalize().equals(file))
        .orElse(false);
  }

  private static ActionFolder of(Entry entry, String code) {
    Map<String, String> secrets = new LinkedHashMap<>();
    entry
        .distinct("secrets", "name")
        .forEach(secret -> secrets.put(secret.text("name"), secret.text("value")));
    return new ActionFolder(
        entry.text("name"),
        code,
        entry.list("supported_triggers").stream().map(trigger -> trigger.text("id")).toList(),
        secrets,
        dependencies(entry));
  }

  private static ArrayNode dependencies(Entry entry) {
    ArrayNode dependencies = JsonNodeFactory.instance.arrayNode();
    for (Entry dependency : entry.list("dependencies")) {
      dependencies
          .addObject()
          .put("name", dependency.text("name"))
          .put("version", dependency.optionalText("version").orElse("latest"));
    }
    return dependencies;
  }

  private static ActionFolder alone(Path file) {
    try {
      Folder folder = Folder.of(file.resolveSibling(""));
      String name = file.getName(Math.max(0, file.getNameCount() - 2)).toString();
      return new ActionFolder(
          name,
          utf8(folder.read(file, MAX_BYTES)),
          List.of(),
          Map.of(),
          declared(folder, file.resolveSibling(MANIFEST)));
    } catch (CharacterCodingException e) {
      throw new TenantImportException(file + ": not UTF-8");
    } catch (Refusal e) {
      throw new TenantImportException(String.valueOf(e.getMessage()));
    } catch (IOException e) {
      throw new TenantImportException(file + ": not readable");
    }
  }

  private static String utf8(byte[] bytes) throws CharacterCodingException {
    return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
  }

  /** What npm would install for the folder, without what is for development only. */
  private static ArrayNode declared(Folder folder, Path manifest) throws IOException {
    ArrayNode dependencies = JsonNodeFactory.instance.arrayNode();
    if (!Files.exists(manifest)) {
      return dependencies;
    }
    try {
      for (Map.Entry<String, JsonNode> each :
          Json.parse(folder.read(manifest, MAX_BYTES)).path("dependencies").properties()) {
        String version = each.getValue().asText();
        if (!PackageName.isName(each.getKey())
            || !(PackageName.isVersion(version) || version.equals(PackageName.LATEST))) {
          throw new TenantImportException(
              "%s: dependencies: '%s': '%s' is not a package with one version, such as 1.2.3"
                  .formatted(manifest, each.getKey(), version));
        }
        dependencies.addObject().put("name", each.getKey()).put("version", version);
      }
      return dependencies;
    } catch (JsonProcessingException e) {
      throw new TenantImportException(
          "%s:%d: not readable as JSON".formatted(manifest, e.getLocation().getLineNr()));
    }
  }

  /** Names the Action; its code and its secrets stay out. */
  @Override
  public String toString() {
    return "ActionFolder[" + name + "]";
  }
}
