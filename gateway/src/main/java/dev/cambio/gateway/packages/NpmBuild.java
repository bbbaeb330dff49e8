package dev.cambio.gateway.packages;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import dev.cambio.gateway.packages.BuildDirectory.Done;
import dev.cambio.model.bus.Json;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Installs packages with the operator's npm and bundles them (contract actions-runtime §2.5). No
 * code of theirs runs: scripts are off, nothing comes but from registries, and the bundler only
 * reads what was installed. If it ran nevertheless, it would be in a {@link Jail}.
 */
final class NpmBuild {
  /** Much more than a program that starts quickly has. */
  private static final int MAX_BUNDLE = 8 * 1024 * 1024;

  /** Where a bundle is longer, it is read so that its length can be told. */
  private static final int MAX_READ = 64 * 1024 * 1024;

  private static final String MANIFEST = "package.json";
  private static final String LOCKFILE = "package-lock.json";
  private static final String ONLY_REGISTRIES = "--allow-remote=none";

  /** After that, changes of npm's settings count, and what could not be isolated is tried again. */
  private static final Duration KNOWN = Duration.ofMinutes(1);

  private final BuildSettings settings;
  private final Map<String, String> environment;
  private final Cache<BuildSettings, NpmSettings> npmSettings =
      Caffeine.newBuilder().maximumSize(1).expireAfterWrite(KNOWN).build();
  private @Nullable BuildIsolation isolation;
  private long isolationFoundAt;

  /**
   * Builds with the operator's npm.
   *
   * @param environment that npm has, unless it is isolated; its settings come from there too
   */
  NpmBuild(BuildSettings settings, Map<String, String> environment) {
    this.settings = settings;
    this.environment = environment;
  }

  /** How builds are isolated here; the first call blocks for some tenths of a second. */
  synchronized BuildIsolation isolation() {
    BuildIsolation known = isolation;
    long now = System.nanoTime();
    if (known == null || (!known.isFinal() && now - isolationFoundAt > KNOWN.toNanos())) {
      known = BuildIsolation.find(settings);
      known.tell();
      isolation = known;
      isolationFoundAt = now;
    }
    return known;
  }

  /**
   * Builds; blocks for seconds.
   *
   * @param lockfile of an earlier build of the same dependencies, for the same packages again
   * @param cancelled whether to give up
   */
  BuildOutcome build(PackageInputs inputs, Optional<String> lockfile, BooleanSupplier cancelled) {
    try (BuildSession session = open(inputs.dependencies(), settings.timeout(), cancelled)) {
      try {
        return build(session, inputs, lockfile);
      } catch (BuildException e) {
        return new BuildOutcome.Failed(e.id(), e.reason(), session.directory().log());
      }
    } catch (BuildException e) {
      return new BuildOutcome.Failed(e.id(), e.reason(), "");
    } catch (IOException e) {
      return new BuildOutcome.Failed("io", "The build failed: " + e.getMessage(), "");
    }
  }

  private BuildSession open(
      Map<String, String> dependencies, Duration budget, BooleanSupplier cancelled)
      throws IOException, BuildException {
    requireNames(dependencies);
    BuildIsolation isolated = isolation();
    if (!isolated.builds()) {
      throw new BuildException("builds_refused", isolated.refusal());
    }
    NpmSettings npm = npmSettings.getIfPresent(settings);
    if (npm == null) {
      npm = BuildSession.settings(settings, environment);
      npmSettings.put(settings, npm);
    }
    return BuildSession.open(settings, isolated, npm, budget, cancelled);
  }

  /** Whatever comes here by whichever way, nothing else reaches npm. */
  private static void requireNames(Map<String, String> dependencies) throws BuildException {
    for (Map.Entry<String, String> dependency : dependencies.entrySet()) {
      String version = dependency.getValue();
      if (!PackageName.isName(dependency.getKey())
          || !(PackageName.isVersion(version) || version.equals(PackageName.LATEST))) {
        throw new BuildException(
            "not_a_package",
            "Not the name of an npm package and one version of it: %s@%s"
                .formatted(dependency.getKey(), version));
      }
    }
  }

  private static BuildOutcome build(
      BuildSession session, PackageInputs inputs, Optional<String> lockfile)
      throws IOException, BuildException {
    BuildDirectory directory = session.directory();
    directory.write(MANIFEST, manifest(inputs.dependencies()));
    if (lockfile.isPresent()) {
      directory.write(LOCKFILE, lockfile.get());
    } else {
      lock(session);
    }
    String locked = lockfile.isPresent() ? lockfile.get() : directory.read(LOCKFILE, MAX_BUNDLE);
    Lockfile.requireVerifiable(locked, inputs.dependencies());
    session.npm(List.of("ci", ONLY_REGISTRIES));
    session.leaveNetwork();
    String source = bundle(session, inputs);
    if (source.indexOf('\0') >= 0) {
      throw new BuildException("invalid_bundle", "The packages hold a NUL character");
    }
    return new BuildOutcome.Built(source, locked, directory.log());
  }

  /**
   * Finds versions. npm takes the tarball of a package that brings others in it for one from
   * elsewhere; where the door lets nobody go elsewhere, it may fetch it.
   */
  private static void lock(BuildSession session) throws IOException, BuildException {
    try {
      session.npm(List.of("install", "--package-lock-only", ONLY_REGISTRIES));
    } catch (BuildException e) {
      if (!session.isJailed() || !e.reason().contains(NpmFailure.REMOTE)) {
        throw e;
      }
      session.npm(List.of("install", "--package-lock-only"));
    }
  }

  /** The newest version of a package, if npm tells it in that time. */
  String latest(String name, Duration budget) throws IOException, BuildException {
    Map<String, String> dependency = Map.of(name, PackageName.LATEST);
    try (BuildSession session = open(dependency, budget, () -> false)) {
      String version =
          session
              .npm(List.of("view", name + "@" + PackageName.LATEST, "version", ONLY_REGISTRIES))
              .strip();
      if (!PackageName.isVersion(version)) {
        throw new BuildException(
            "version_not_found", "npm names no latest version of '%s'".formatted(name));
      }
      return version;
    }
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

  private static String bundle(BuildSession session, PackageInputs inputs)
      throws IOException, BuildException {
    BuildDirectory directory = session.directory();
    directory.log("bundle " + String.join(" ", inputs.requires()));
    Done done = session.node("bundle.mjs", Json.write(inputs.json()));
    if (done.exit() != 0) {
      directory.log(done.output());
      throw new BuildException("bundler", "The bundler failed; the log says more");
    }
    JsonNode result = json(directory.read("bundle.json", MAX_BUNDLE));
    result.path("warnings").forEach(warning -> directory.log("warning: " + warning.asText()));
    result.path("errors").forEach(error -> directory.log("error: " + error.asText()));
    if (!result.path("errors").isEmpty()) {
      throw new BuildException(
          "module_not_found", "Compilation failed: " + result.path("errors").path(0).asText());
    }
    String source = directory.read("bundle.js", MAX_READ);
    if (source.length() > MAX_BUNDLE) {
      throw new BuildException(
          "too_large",
          "The packages come to %d bytes, maximum %d".formatted(source.length(), MAX_BUNDLE));
    }
    return source;
  }

  private static JsonNode json(String text) throws BuildException {
    try {
      return Json.parse(text);
    } catch (JsonProcessingException e) {
      throw new BuildException("bundler", "The bundler failed; its answer is not JSON");
    }
  }
}
