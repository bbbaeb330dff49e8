package dev.cambio.gateway.packages;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import dev.cambio.model.bus.Json;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * What a {@code package-lock.json} must be for npm to install by it: packages of registries, each
 * at a place where packages are, with the hash that npm then checks it by, and nothing that asks
 * for anything else.
 */
final class Lockfile {
  private static final int MAX_PACKAGES = 1000;
  private static final int MAX_LENGTH = 8 * 1024 * 1024;

  private static final Set<String> MEMBERS =
      Set.of("name", "version", "lockfileVersion", "requires", "packages");
  private static final Set<String> OF_ROOT = Set.of("name", "version", "dependencies");
  private static final List<String> DEPENDENCIES =
      List.of("dependencies", "optionalDependencies", "peerDependencies");

  private static final String NODE_MODULES = "node_modules/";
  private static final int MAX_INTEGRITY = 4096;
  private static final Pattern HASH =
      Pattern.compile("sha(1|256|384|512)-[A-Za-z0-9+/]{20,128}={0,2}");

  /** Ranges and tags; with a colon or slash it would be a URL, a path or a repository. */
  private static final Pattern SPECIFICATION = Pattern.compile("(npm:(@[^/:]+/)?[^/:]+|[^/:]*)");

  private Lockfile() {}

  /**
   * Refuses all others.
   *
   * @param dependencies what was asked for
   */
  static void requireVerifiable(String lockfile, Map<String, String> dependencies)
      throws BuildException {
    JsonNode lock = parsed(lockfile);
    for (Map.Entry<String, JsonNode> member : lock.properties()) {
      require(MEMBERS.contains(member.getKey()), "The lockfile is not one of npm's");
    }
    require(lock.path("lockfileVersion").asInt() == 3, "The lockfile is not one of npm's");
    JsonNode packages = lock.path("packages");
    require(packages.isObject(), "The lockfile is not one of npm's");
    if (packages.size() > MAX_PACKAGES) {
      throw new BuildException(
          "too_many_packages",
          "The dependencies come to %d packages, maximum %d"
              .formatted(packages.size(), MAX_PACKAGES));
    }
    requireRoot(packages.path(""), dependencies);
    for (Map.Entry<String, JsonNode> entry : packages.properties()) {
      if (!entry.getKey().isEmpty()) {
        requirePackage(entry.getKey(), entry.getValue());
      }
    }
  }

  private static JsonNode parsed(String lockfile) throws BuildException {
    try {
      require(lockfile.length() <= MAX_LENGTH, "The lockfile is too long");
      return Json.parse(lockfile);
    } catch (JsonProcessingException e) {
      throw new BuildException("integrity", "The lockfile is not JSON");
    }
  }

  /** That which was asked for, and no workspaces or overrides. */
  private static void requireRoot(JsonNode root, Map<String, String> dependencies)
      throws BuildException {
    for (Map.Entry<String, JsonNode> member : root.properties()) {
      require(OF_ROOT.contains(member.getKey()), "The lockfile is not of these dependencies");
    }
    require(
        root.path("dependencies").equals(Json.tree(dependencies)),
        "The lockfile is not of these dependencies");
  }

  private static void requirePackage(String place, JsonNode entry) throws BuildException {
    String name = place.replaceFirst("^.*" + NODE_MODULES, "");
    boolean bundled = entry.path("inBundle").asBoolean(false);
    JsonNode other = entry.path("name");
    require(
        isPlace(place)
            && entry.isObject()
            && PackageName.isVersion(entry.path("version").asText())
            && (other.isMissingNode() || PackageName.isName(other.asText()))
            && !entry.has("resolved")
            && !entry.has("link")
            && (bundled || isIntegrity(entry.path("integrity").asText())),
        "'%s' does not come from the npm registry with an integrity to verify".formatted(name));
    for (String kind : DEPENDENCIES) {
      for (Map.Entry<String, JsonNode> dependency : entry.path(kind).properties()) {
        require(
            SPECIFICATION.matcher(dependency.getValue().asText()).matches(),
            "'%s' needs '%s' from elsewhere than the npm registry"
                .formatted(name, dependency.getKey()));
      }
    }
  }

  /** Hashes with white space between; one pattern for them all would recurse into each. */
  private static boolean isIntegrity(String integrity) {
    if (integrity.length() > MAX_INTEGRITY) {
      return false;
    }
    boolean any = false;
    for (String hash : integrity.split("\\s", -1)) {
      if (!hash.isEmpty() && !HASH.matcher(hash).matches()) {
        return false;
      }
      any |= !hash.isEmpty();
    }
    return any;
  }

  /** Directories of packages within directories of packages. */
  private static boolean isPlace(String place) {
    if (!place.startsWith(NODE_MODULES)) {
      return false;
    }
    for (String name : place.substring(NODE_MODULES.length()).split("/" + NODE_MODULES, -1)) {
      if (!PackageName.isName(name)) {
        return false;
      }
    }
    return true;
  }

  private static void require(boolean condition, String otherwise) throws BuildException {
    if (!condition) {
      throw new BuildException("integrity", otherwise);
    }
  }
}
