package dev.cambio.gateway.packages;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.cambio.gateway.packages.BuildDirectory.Done;
import dev.cambio.model.bus.Json;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.BooleanSupplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Installs packages with the operator's npm and bundles them (contract actions-runtime §2.5). No
 * code of theirs runs here: scripts are off, and the bundler only reads.
 */
final class NpmBuild {
  /** Much more than a program that starts quickly has. */
  private static final long MAX_BUNDLE = 8L * 1024 * 1024;

  private static final int MAX_PACKAGES = 1000;

  private static final List<String> OPTIONS =
      List.of(
          "--ignore-scripts",
          "--no-audit",
          "--no-fund",
          "--no-update-notifier",
          "--no-bin-links",
          "--package-lock",
          "--omit=dev",
          "--omit-lockfile-registry-resolved",
          "--logs-max=0",
          "--loglevel=error");

  private static final Pattern CODE = Pattern.compile("npm (?:error|ERR!) code (\\w+)");
  private static final Pattern NO_VERSION =
      Pattern.compile("No matching version found for (\\S+)@([^@\\s]+?)\\.?\\s");
  private static final Pattern NO_PACKAGE =
      Pattern.compile("'((?:@[^@'/]+/)?[^@']+)@[^@']*' (?:could|is) not");

  private final BuildSettings settings;

  NpmBuild(BuildSettings settings) {
    this.settings = settings;
  }

  /**
   * Builds; blocks for seconds.
   *
   * @param lockfile of an earlier build of the same dependencies, for the same packages again
   * @param cancelled whether to give up
   */
  BuildOutcome build(PackageInputs inputs, Optional<String> lockfile, BooleanSupplier cancelled) {
    try (BuildDirectory directory = BuildDirectory.make(settings.timeout(), cancelled)) {
      try {
        return build(directory, inputs, lockfile);
      } catch (BuildException e) {
        return new BuildOutcome.Failed(e.id(), e.reason(), directory.log());
      }
    } catch (IOException e) {
      return new BuildOutcome.Failed("io", "The build failed: " + e.getMessage(), "");
    }
  }

  private BuildOutcome build(
      BuildDirectory directory, PackageInputs inputs, Optional<String> lockfile)
      throws IOException, BuildException {
    SortedMap<String, String> dependencies = concrete(directory, inputs.dependencies());
    directory.write("package.json", manifest(dependencies));
    if (lockfile.isPresent()) {
      directory.write("package-lock.json", lockfile.get());
    } else {
      npm(directory, "install", "--package-lock-only");
    }
    requireVerifiable(directory.read("package-lock.json"));
    npm(directory, "ci");
    bundle(directory, inputs);
    String source = directory.read("bundle.js");
    if (source.indexOf('\0') >= 0) {
      throw new BuildException("invalid_bundle", "The packages hold a NUL character");
    }
    return new BuildOutcome.Built(source, directory.read("package-lock.json"), directory.log());
  }

  private SortedMap<String, String> concrete(
      BuildDirectory directory, Map<String, String> dependencies)
      throws IOException, BuildException {
    SortedMap<String, String> concrete = new TreeMap<>(dependencies);
    for (Map.Entry<String, String> dependency : concrete.entrySet()) {
      if (dependency.getValue().equals(PackageName.LATEST)) {
        dependency.setValue(latest(directory, dependency.getKey()));
      }
    }
    return concrete;
  }

  /** The newest version of a package, if npm tells it in that time. */
  String latest(String name, Duration budget) throws IOException, BuildException {
    try (BuildDirectory directory = BuildDirectory.make(budget, () -> false)) {
      return latest(directory, name);
    }
  }

  private String latest(BuildDirectory directory, String name) throws IOException, BuildException {
    String version = npm(directory, "view", name + "@" + PackageName.LATEST, "version").strip();
    if (!PackageName.isVersion(version)) {
      throw new BuildException(
          "version_not_found", "npm names no latest version of '%s'".formatted(name));
    }
    return version;
  }

  private static String manifest(Map<String, String> dependencies) {
    ObjectNode manifest =
        JsonNodeFactory.instance
            .objectNode()
            .put("name", "cambio-action")
            .put("version", "1.0.0")
            .put("private", true);
    dependencies.forEach(manifest.putObject("dependencies")::put);
    return Json.write(manifest);
  }

  private String npm(BuildDirectory directory, String... arguments)
      throws IOException, BuildException {
    List<String> command = new ArrayList<>(List.of(settings.npm()));
    command.addAll(List.of(arguments));
    command.addAll(OPTIONS);
    directory.log("npm " + String.join(" ", arguments));
    Done done;
    try {
      done = directory.run("", command);
    } catch (IOException e) {
      throw new BuildException(
          "npm_missing",
          "npm is not installed here ('%s' cannot be run), so no packages can be installed"
              .formatted(settings.npm()));
    }
    directory.log(done.output());
    if (done.exit() != 0) {
      throw failure(done.output());
    }
    return done.output();
  }

  private static BuildException failure(String output) {
    Matcher found = CODE.matcher(output);
    String code = found.find() ? found.group(1) : "unknown";
    return switch (code) {
      case "E404", "E403" -> missing(output);
      case "ETARGET", "ENOVERSIONS" -> noVersion(output);
      case "EINTEGRITY" ->
          new BuildException(
              "integrity", "The integrity of a package could not be verified (EINTEGRITY)");
      case "ERESOLVE" ->
          new BuildException(
              "conflict", "The packages need versions of each other that conflict (ERESOLVE)");
      case "ENOTFOUND",
          "ECONNREFUSED",
          "ECONNRESET",
          "ETIMEDOUT",
          "EAI_AGAIN",
          "ERR_SOCKET_TIMEOUT" ->
          new BuildException(
              "registry_unreachable", "The npm registry could not be reached (" + code + ")");
      default -> new BuildException("npm", "npm failed (" + code + "); the log says more");
    };
  }

  private static BuildException missing(String output) {
    Matcher found = NO_PACKAGE.matcher(output);
    String name = found.find() ? found.group(1) : "?";
    return new BuildException(
        "package_not_found",
        "Compilation failed: Cannot find module '%s': the npm registry does not have it"
            .formatted(name));
  }

  private static BuildException noVersion(String output) {
    Matcher found = NO_VERSION.matcher(output);
    String which =
        found.find() ? "version %s of '%s'".formatted(found.group(2), found.group(1)) : "a version";
    return new BuildException("version_not_found", "The npm registry does not have " + which);
  }

  /** Only packages of the registry, each with the hash that npm then checks it by. */
  private static void requireVerifiable(String lockfile) throws BuildException {
    JsonNode packages = json(lockfile).path("packages");
    if (packages.size() > MAX_PACKAGES) {
      throw new BuildException(
          "too_many_packages",
          "The dependencies come to %d packages, maximum %d"
              .formatted(packages.size(), MAX_PACKAGES));
    }
    for (Map.Entry<String, JsonNode> entry : packages.properties()) {
      JsonNode one = entry.getValue();
      boolean ours = entry.getKey().isEmpty() || one.path("inBundle").asBoolean(false);
      if (!ours && (one.has("resolved") || one.has("link") || !one.has("integrity"))) {
        throw new BuildException(
            "integrity",
            "'%s' does not come from the npm registry with an integrity to verify"
                .formatted(entry.getKey().replaceFirst("^.*node_modules/", "")));
      }
    }
  }

  private void bundle(BuildDirectory directory, PackageInputs inputs)
      throws IOException, BuildException {
    directory.log("bundle " + String.join(" ", inputs.requires()));
    Done done;
    try {
      done =
          directory.run(
              Json.write(inputs.json()),
              List.of(settings.node(), settings.bundler().resolve("bundle.mjs").toString()));
    } catch (IOException e) {
      throw new BuildException(
          "node_missing",
          "Node.js is not installed here ('%s' cannot be run), so no packages can be bundled"
              .formatted(settings.node()));
    }
    if (done.exit() != 0) {
      directory.log(done.output());
      throw new BuildException("bundler", "The bundler failed; the log says more");
    }
    JsonNode result = json(directory.read("bundle.json"));
    result.path("warnings").forEach(warning -> directory.log("warning: " + warning.asText()));
    result.path("errors").forEach(error -> directory.log("error: " + error.asText()));
    if (!result.path("errors").isEmpty()) {
      throw new BuildException(
          "module_not_found", "Compilation failed: " + result.path("errors").path(0).asText());
    }
    if (directory.size("bundle.js") > MAX_BUNDLE) {
      throw new BuildException(
          "too_large",
          "The packages come to %d bytes, maximum %d"
              .formatted(directory.size("bundle.js"), MAX_BUNDLE));
    }
  }

  private static JsonNode json(String text) throws BuildException {
    try {
      return Json.parse(text);
    } catch (JsonProcessingException e) {
      throw new BuildException("bundler", "The bundler failed; its answer is not JSON");
    }
  }
}
