package dev.cambio.gateway.packages;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import java.io.IOException;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.function.BooleanSupplier;

/** Resolves and builds what Actions declare. Its calls block: not for event loops. */
public final class ActionPackages {
  private static final int MAX_NAMES = 1000;

  /** Bundles of an import wait here for its transaction; what has no room is built after it. */
  private static final int SHARE_OF_HEAP = 4;

  private static final int BYTES_OF_ENTRY = 256;

  /** Clients give up after ten seconds. */
  private static final Duration PATIENCE = Duration.ofSeconds(7);

  private static final Duration KEPT = Duration.ofMinutes(10);

  private final Map<String, String> preinstalled = Preinstalled.versions();
  private final NpmBuild npm;
  private final Cache<String, String> latest =
      Caffeine.newBuilder().maximumSize(MAX_NAMES).expireAfterWrite(KEPT).build();
  private final Cache<String, BuildOutcome> prepared =
      Caffeine.newBuilder()
          .maximumWeight(Runtime.getRuntime().maxMemory() / SHARE_OF_HEAP)
          .weigher((String id, BuildOutcome outcome) -> weight(outcome))
          .expireAfterWrite(KEPT)
          .build();

  public ActionPackages(BuildSettings settings) {
    this.npm = new NpmBuild(settings);
  }

  private static int weight(BuildOutcome outcome) {
    return switch (outcome) {
      case BuildOutcome.Built built ->
          BYTES_OF_ENTRY
              + built.source().length()
              + built.lockfile().length()
              + built.log().length();
      case BuildOutcome.Failed failed ->
          BYTES_OF_ENTRY + failed.reason().length() + failed.log().length();
    };
  }

  /**
   * Replaces {@code latest} by versions, in place (contract actions-runtime §2.5). What cannot be
   * resolved in some seconds is left: its build then finds the version, or says why not.
   *
   * @param dependencies {@code [{name, version}]}
   */
  public void resolve(JsonNode dependencies) {
    long deadline = System.nanoTime() + PATIENCE.toNanos();
    for (JsonNode dependency : dependencies) {
      String name = dependency.path("name").asText();
      if (dependency.path("version").asText().equals(PackageName.LATEST)) {
        latest(name, deadline)
            .ifPresent(version -> ((ObjectNode) dependency).put("version", version));
      }
    }
  }

  /** The version that the runtime brings, else the newest of the registry. */
  private Optional<String> latest(String name, long deadline) {
    String brought = preinstalled.get(name);
    if (brought != null) {
      return Optional.of(brought);
    }
    String known = latest.getIfPresent(name);
    if (known != null) {
      return Optional.of(known);
    }
    try {
      String version = npm.latest(name, Duration.ofNanos(deadline - System.nanoTime()));
      latest.put(name, version);
      return Optional.of(version);
    } catch (IOException | BuildException e) {
      return Optional.empty();
    }
  }

  /** What is to be built for code with such dependencies; empty if nothing is. */
  public Optional<PackageInputs> inputs(String code, JsonNode dependencies) {
    return PackageInputs.of(code, dependencies, preinstalled);
  }

  /** Builds ahead of a transaction that then finds the outcome. */
  public void prepare(PackageInputs inputs) {
    if (prepared.getIfPresent(inputs.id()) == null) {
      prepared.put(inputs.id(), build(inputs));
    }
  }

  /** Builds at once. */
  public BuildOutcome build(PackageInputs inputs) {
    return build(inputs, Optional.empty(), () -> false);
  }

  /** Forgets what was built ahead. */
  public void forget() {
    prepared.invalidateAll();
  }

  /** What {@link #prepare} came to, lately. */
  Optional<BuildOutcome> prepared(PackageInputs inputs) {
    return Optional.ofNullable(prepared.getIfPresent(inputs.id()));
  }

  BuildOutcome build(PackageInputs inputs, Optional<String> lockfile, BooleanSupplier cancelled) {
    return npm.build(inputs, lockfile, cancelled);
  }
}
