package dev.cambio.gateway.packages;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.cambio.gateway.store.Payload;
import dev.cambio.model.action.ActionVersion;
import dev.cambio.model.bus.Json;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.NavigableSet;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What a bundle is made of. Code is no part of it, so that code can change without a build.
 *
 * @param dependencies versions by name
 * @param requires what the bundle answers to: the names, and what code requires within packages
 */
public record PackageInputs(SortedMap<String, String> dependencies, SortedSet<String> requires) {
  /** More than that within packages is not code by people. */
  private static final int MAX_REQUIRES = 200;

  /** Finds more than there is, in comments for one; what does not exist is left out of bundles. */
  private static final Pattern REQUIRE =
      Pattern.compile("require\\s*\\(\\s*(['\"`])([^'\"`\\\\]{1,300})\\1\\s*\\)");

  private static final Pattern PINNED = Pattern.compile("^(@?[^@]+)@[^/]*");

  public PackageInputs {
    dependencies = Collections.unmodifiableSortedMap(dependencies);
    requires = Collections.unmodifiableSortedSet(requires);
  }

  /**
   * What code and its dependencies need that the runtime does not bring.
   *
   * @param declared {@code [{name, version}]}
   */
  static Optional<PackageInputs> of(
      String code, JsonNode declared, Map<String, String> preinstalled) {
    Set<String> required = required(code);
    SortedMap<String, String> dependencies = new TreeMap<>();
    NavigableSet<String> requires = new TreeSet<>();
    for (JsonNode dependency : declared) {
      String name = dependency.path("name").asText();
      String version = dependency.path("version").asText();
      List<String> within =
          required.stream().filter(path -> PackageName.isWithin(name, path)).toList();
      if (!within.isEmpty() || !version.equals(preinstalled.get(name))) {
        dependencies.put(name, version);
        requires.add(name);
        within.stream().limit(MAX_REQUIRES).forEach(requires::add);
      }
    }
    return dependencies.isEmpty()
        ? Optional.empty()
        : Optional.of(new PackageInputs(dependencies, requires));
  }

  private static Set<String> required(String code) {
    Set<String> required = new TreeSet<>();
    Matcher calls = REQUIRE.matcher(code);
    while (calls.find()) {
      required.add(PINNED.matcher(calls.group(2)).replaceFirst("$1"));
    }
    return required;
  }

  /** What {@link #json} made. */
  static PackageInputs of(ObjectNode json) {
    SortedMap<String, String> dependencies = new TreeMap<>();
    Payload.member(json, "dependencies")
        .properties()
        .forEach(entry -> dependencies.put(entry.getKey(), entry.getValue().asText()));
    return new PackageInputs(dependencies, new TreeSet<>(Payload.strings(json, "requires")));
  }

  ObjectNode json() {
    ObjectNode json = JsonNodeFactory.instance.objectNode();
    dependencies.forEach(json.putObject("dependencies")::put);
    requires.forEach(json.putArray("requires")::add);
    return json;
  }

  /** Equal inputs have one build. */
  public String id() {
    return ActionVersion.hashOf(Json.write(json()));
  }
}
