package dev.cambio.gateway.packages;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.TextNode;
import dev.cambio.model.bus.Json;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * What the operator has set npm up with, as far as isolated builds are given it: where registries
 * are, how they are reached, what shows who asks.
 *
 * @param registries host:port of each
 * @param proxies on the way to them
 * @param files for builds to read, by name, {@code npmrc} among them
 * @param environment that npm has where nothing is isolated
 */
record NpmSettings(
    Set<String> registries,
    NpmProxies proxies,
    Map<String, String> files,
    Map<String, String> environment) {
  static final String NPMRC = "npmrc";
  static final String EXTRA_CERTIFICATES = "extra.pem";

  /** Without these, npm runs code of what it fetches, and fetches from anywhere. */
  private static final List<String> NEEDED =
      List.of("allow-git", "allow-remote", "allow-file", "allow-directory");

  /** Beside registries: what decides about what is fetched, and how patiently. */
  private static final List<String> KEPT =
      List.of(
          "strict-ssl",
          "ca",
          "replace-registry-host",
          "before",
          "min-release-age",
          "min-release-age-exclude",
          "legacy-peer-deps",
          "strict-peer-deps",
          "fetch-retries",
          "fetch-retry-factor",
          "fetch-retry-maxtimeout",
          "fetch-retry-mintimeout",
          "fetch-timeout");

  private static final Pattern REGISTRY = Pattern.compile("(@[^:\\s]+:)?registry");
  private static final Pattern CREDENTIAL = Pattern.compile("\\s*(//[^=\\s]+)\\s*=\\s*(.*?)\\s*");
  private static final Pattern VARIABLE = Pattern.compile("\\$\\{([^}?]+)\\??}");
  private static final String OF_ENVIRONMENT = "npm_config_//";

  NpmSettings {
    registries = Set.copyOf(registries);
    files = Map.copyOf(files);
    environment = Map.copyOf(environment);
  }

  /**
   * Reads what {@code npm config ls --json} has printed, and the files that it names.
   *
   * @param environment that npm has
   * @throws BuildException if npm cannot be told to keep to registries
   */
  static NpmSettings of(String printed, Map<String, String> environment) throws BuildException {
    JsonNode config = json(printed);
    requireObedient(config);
    try {
      return of(config, environment);
    } catch (IllegalArgumentException e) {
      throw new BuildException("npm", "npm's settings name a registry or proxy that is no URL");
    }
  }

  private static NpmSettings of(JsonNode config, Map<String, String> environment) {
    Map<String, JsonNode> npmrc = new TreeMap<>();
    Set<String> registries = new TreeSet<>();
    for (Map.Entry<String, JsonNode> entry : config.properties()) {
      if (REGISTRY.matcher(entry.getKey()).matches()) {
        npmrc.put(entry.getKey(), entry.getValue());
        registries.add(HostPort.of(URI.create(entry.getValue().asText())).toString());
      } else if (KEPT.contains(entry.getKey()) && !entry.getValue().isNull()) {
        npmrc.put(entry.getKey(), entry.getValue());
      }
    }
    Map<String, String> files = new TreeMap<>();
    text(config, "cafile").ifPresent(file -> npmrc.put("cafile", copied(file, files)));
    credentials(config, environment)
        .forEach((key, value) -> npmrc.put(key, value(key, value, files)));
    npmrc.put("noproxy", TextNode.valueOf(""));
    files.put(NPMRC, ini(npmrc));
    Optional.ofNullable(environment.get("NODE_EXTRA_CA_CERTS"))
        .flatMap(NpmSettings::content)
        .ifPresent(pem -> files.put(EXTRA_CERTIFICATES, pem));
    return new NpmSettings(registries, NpmProxies.of(config, environment), files, environment);
  }

  private static JsonNode json(String printed) throws BuildException {
    try {
      return Json.parse(printed);
    } catch (JsonProcessingException e) {
      throw new BuildException("npm", "npm does not tell its settings in JSON");
    }
  }

  private static void requireObedient(JsonNode config) throws BuildException {
    List<String> missing = NEEDED.stream().filter(option -> !config.has(option)).toList();
    if (!missing.isEmpty()) {
      throw new BuildException(
          "npm_outdated",
          "npm %s has no option %s, without which it does not keep to registries; packages need npm"
                  .formatted(config.path("npm-version").asText(), missing.getFirst())
              + " 11.14 or later");
    }
  }

  private static Optional<String> text(JsonNode config, String key) {
    return Optional.ofNullable(config.path(key).textValue()).filter(text -> !text.isBlank());
  }

  /** Tokens and passwords, each for the registry that its key names. */
  private static Map<String, String> credentials(JsonNode config, Map<String, String> environment) {
    Map<String, String> credentials = new TreeMap<>();
    Stream.of("globalconfig", "userconfig")
        .flatMap(key -> text(config, key).stream())
        .flatMap(file -> content(file).stream())
        .flatMap(String::lines)
        .map(CREDENTIAL::matcher)
        .filter(Matcher::matches)
        .forEach(line -> credentials.put(line.group(1), plain(line.group(2), environment)));
    environment.forEach(
        (name, value) -> {
          if (name.startsWith(OF_ENVIRONMENT)) {
            credentials.put(name.substring(OF_ENVIRONMENT.length() - 2), value);
          }
        });
    return credentials;
  }

  /** Without quotes, and with the variables that it names. */
  private static String plain(String value, Map<String, String> environment) {
    boolean quoted = value.length() > 1 && value.startsWith("\"") && value.endsWith("\"");
    String text = quoted ? value.substring(1, value.length() - 1) : value;
    return VARIABLE
        .matcher(text)
        .replaceAll(
            found ->
                Matcher.quoteReplacement(environment.getOrDefault(found.group(1), found.group())));
  }

  /** Certificates and keys are files, whose content goes along. */
  private static JsonNode value(String key, String value, Map<String, String> files) {
    return key.endsWith(":certfile") || key.endsWith(":keyfile")
        ? copied(value, files)
        : TextNode.valueOf(value);
  }

  /** Where builds find the content of a file of the machine. */
  private static JsonNode copied(String file, Map<String, String> files) {
    String name = files.size() + ".pem";
    files.put(name, content(file).orElse(""));
    return TextNode.valueOf(Jail.GIVEN + "/" + name);
  }

  private static Optional<String> content(String file) {
    try {
      return Optional.of(Files.readString(Path.of(file)));
    } catch (IOException e) {
      return Optional.empty();
    }
  }

  /** Strings in JSON are strings to npm; an array has its key again for each element. */
  private static String ini(Map<String, JsonNode> entries) {
    StringBuilder text = new StringBuilder();
    entries.forEach(
        (key, value) -> {
          if (value.isArray()) {
            value.forEach(
                each -> text.append(key).append("[]=").append(Json.write(each)).append('\n'));
          } else {
            text.append(key).append('=').append(Json.write(value)).append('\n');
          }
        });
    return text.toString();
  }
}
