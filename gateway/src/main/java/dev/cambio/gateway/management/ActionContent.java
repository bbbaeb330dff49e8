package dev.cambio.gateway.management;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.cambio.gateway.packages.PackageName;
import dev.cambio.model.action.ActionVersion;
import dev.cambio.model.action.Trigger;
import java.nio.charset.StandardCharsets;
import java.time.OffsetDateTime;
import java.util.HashSet;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * What a draft consists of, and a version keeps of it (contract actions-runtime §2.3).
 *
 * @param triggers {@code [{id, version}]}
 * @param dependencies {@code [{name, version, registry_url?}]}
 * @param modules {@code [{module_id, module_name, module_version_id, module_version_number}]}
 */
record ActionContent(
    String code,
    String runtime,
    ArrayNode triggers,
    ArrayNode dependencies,
    ActionSecrets secrets,
    ArrayNode modules) {
  private static final int MAX_CODE_BYTES = 100 * 1024;

  /**
   * The registry that is meant where none is named; whose mirror npm asks is the operator's affair.
   */
  private static final Pattern PUBLIC_REGISTRY =
      Pattern.compile("(https?://registry\\.npmjs\\.(org|com)/?)?");

  /** What an Action consists of where its creator does not say. */
  static final ActionContent EMPTY =
      new ActionContent(
          "",
          "node22",
          JsonNodeFactory.instance.arrayNode(),
          JsonNodeFactory.instance.arrayNode(),
          ActionSecrets.NONE,
          JsonNodeFactory.instance.arrayNode());

  /**
   * The content with what a body gives in place of its own.
   *
   * @param body whose modules are found already
   */
  ActionContent with(ObjectNode body, OffsetDateTime now) {
    return new ActionContent(
        body.has("code") ? code(body.path("code").asText()) : code,
        body.path("runtime").asText(runtime),
        body.has("supported_triggers") ? triggers(body.path("supported_triggers")) : triggers,
        body.has("dependencies") ? dependencies(body.path("dependencies")) : dependencies,
        body.has("secrets") ? secrets.replacedBy(body.path("secrets"), now) : secrets,
        body.has("modules") ? (ArrayNode) body.path("modules") : modules);
  }

  private static String code(String code) {
    int bytes = code.getBytes(StandardCharsets.UTF_8).length;
    if (bytes > MAX_CODE_BYTES) {
      throw ManagementException.invalidBody(
          new Violation(
              "code", "Code is too large (%d bytes), maximum %d".formatted(bytes, MAX_CODE_BYTES)));
    }
    return code;
  }

  /** Ids with their versions; the one that is executed where none is given. */
  private static ArrayNode triggers(JsonNode given) {
    ArrayNode triggers = JsonNodeFactory.instance.arrayNode();
    Set<String> seen = new HashSet<>();
    for (int i = 0; i < given.size(); i++) {
      String id = given.get(i).path("id").asText();
      if (!seen.add(id)) {
        throw ManagementException.invalidBody(
            new Violation(
                "supported_triggers[" + i + "].id", "Trigger is given more than once: " + id));
      }
      ObjectNode trigger = triggers.addObject().put("id", id);
      String version = given.get(i).path("version").textValue();
      if (version == null) {
        Trigger.find(id).ifPresent(known -> trigger.put("version", known.version()));
      } else {
        requireExecutable(id, version, i);
        trigger.put("version", version);
      }
    }
    return triggers;
  }

  /** Other triggers are kept and never run, in any version. */
  private static void requireExecutable(String id, String version, int index) {
    boolean alias =
        (id.equals(Trigger.POST_LOGIN.id()) && version.equals("v2"))
            || id.equals(Trigger.CREDENTIALS_EXCHANGE.id());
    if (!alias && Trigger.find(id).filter(known -> !known.version().equals(version)).isPresent()) {
      throw ManagementException.invalidBody(
          new Violation(
              "supported_triggers[" + index + "].version",
              "Trigger %s has no version %s".formatted(id, version)));
    }
  }

  /** What may be installed, in the form that is kept; {@code latest} is still to be resolved. */
  static ArrayNode dependencies(JsonNode given) {
    ArrayNode dependencies = JsonNodeFactory.instance.arrayNode();
    Set<String> seen = new HashSet<>();
    for (int i = 0; i < given.size(); i++) {
      JsonNode dependency = given.get(i);
      String name = dependency.path("name").asText();
      if (!seen.add(name)) {
        throw ManagementException.invalidBody(
            new Violation(
                "dependencies[" + i + "].name", "Dependency is given more than once: " + name));
      }
      String version = dependency.path("version").asText("");
      requireInstallable(dependency, name, version, "dependencies[" + i + "]");
      ObjectNode kept =
          dependencies
              .addObject()
              .put("name", name)
              .put("version", version.isEmpty() ? PackageName.LATEST : version);
      if (dependency.path("registry_url").isTextual()) {
        kept.set("registry_url", dependency.get("registry_url"));
      }
    }
    return dependencies;
  }

  private static void requireInstallable(
      JsonNode dependency, String name, String version, String path) {
    if (!PackageName.isName(name)) {
      throw ManagementException.invalidBody(
          new Violation(path + ".name", "Not the name of an npm package: " + name));
    }
    if (!version.isEmpty()
        && !version.equals(PackageName.LATEST)
        && !PackageName.isVersion(version)) {
      throw ManagementException.invalidBody(
          new Violation(
              path + ".version", "Neither one version, such as 1.2.3, nor latest: " + version));
    }
    if (!PUBLIC_REGISTRY.matcher(dependency.path("registry_url").asText("")).matches()) {
      throw ManagementException.invalidBody(
          new Violation(path + ".registry_url", "Private registries are not supported"));
    }
  }

  boolean supports(String triggerId) {
    for (JsonNode trigger : triggers) {
      if (trigger.path("id").asText().equals(triggerId)) {
        return true;
      }
    }
    return false;
  }

  String hash() {
    return ActionVersion.hashOf(code);
  }

  /** Whether both would do the same. */
  boolean sameAs(ActionContent other) {
    return code.equals(other.code)
        && runtime.equals(other.runtime)
        && triggers.equals(other.triggers)
        && dependencies.equals(other.dependencies)
        && modules.equals(other.modules)
        && secrets.sameValues(other.secrets);
  }

  /** Code, runtime, dependencies and modules, as a draft is stored. */
  ObjectNode stored() {
    ObjectNode stored =
        JsonNodeFactory.instance.objectNode().put("code", code).put("runtime", runtime);
    stored.set("dependencies", dependencies);
    stored.set("modules", modules);
    return stored;
  }

  /** As answers show it. */
  void addTo(ObjectNode json) {
    json.setAll(stored());
    json.set("supported_triggers", triggers);
    json.set("secrets", secrets.json());
  }
}
