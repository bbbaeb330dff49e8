package dev.cambio.gateway.packages;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import java.io.IOException;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;

/** Resolves and builds what Actions declare. Its calls block: not for event loops. */
public final class ActionPackages {
  private static final int MAX_NAMES = 1000;

  /** Bundles of an import wait here for its transaction; what has no room is built after it. */
  private static final int SHARE_OF_HEAP = 4;

  private static final int BYTES_OF_ENTRY = 256;

  /** Clients give up after ten seconds. */
  private static final Duration PATIENCE = Duration.ofSeconds(7);

  /** Look-ups at a time, and how many more wait; the builds of all others look for themselves. */
  private static final int LOOKING = 2;

  private static final int WAITING = 16;

  /** A name that npm does not know is not asked for again before. */
  private static final Duration UNKNOWN = Duration.ofSeconds(30);

  private static final Duration KEPT = Duration.ofMinutes(10);

  private final Map<String, String> preinstalled = Preinstalled.versions();
  private final NpmBuild npm;
  private final Cache<String, String> latest =
      Caffeine.newBuilder().maximumSize(MAX_NAMES).expireAfterWrite(KEPT).build();
  private final Cache<String, String> unknown =
      Caffeine.newBuilder().maximumSize(MAX_NAMES).expireAfterWrite(UNKNOWN).build();
  private final Semaphore waiting = new Semaphore(LOOKING + WAITING);
  private final Semaphore looking = new Semaphore(LOOKING, true);
  private final Cache<String, BuildOutcome> prepared =
      Caffeine.newBuilder()
          .maximumWeight(Runtime.getRuntime().maxMemory() / SHARE_OF_HEAP)
          .weigher((String id, BuildOutcome outcome) -> weight(outcome))
          .expireAfterWrite(KEPT)
          .build();

  public ActionPackages(BuildSettings settings) {
    this(new NpmBuild(settings, environment()));
  }

  ActionPackages(NpmBuild npm) {
    this.npm = npm;
  }

  /** npm's settings come from the environment too; our own, secrets among them, are not for it. */
  private static Map<String, String> environment() {
    Map<String, String> environment = new HashMap<>(new ProcessBuilder().environment());
    environment.keySet().removeIf(name -> name.startsWith("CAMBIO_") || name.startsWith("AUTH0_"));
    return environment;
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
    if (!PackageName.isName(name) || !waiting.tryAcquire()) {
      return Optional.empty();
    }
    try {
      return lookedUp(name, deadline);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return Optional.empty();
    } finally {
      waiting.release();
    }
  }

  /** Found earlier, also by whoever was before in the queue, or now. */
  private Optional<String> lookedUp(String name, long deadline) throws InterruptedException {
    Optional<String> known = Optional.ofNullable(latest.getIfPresent(name));
    if (known.isPresent()
        || unknown.getIfPresent(name) != null
        || !looking.tryAcquire(deadline - System.nanoTime(), TimeUnit.NANOSECONDS)) {
      return known;
    }
    try {
      return Optional.ofNullable(latest.getIfPresent(name)).or(() -> asked(name, deadline));
    } finally {
      looking.release();
    }
  }

  private Optional<String> asked(String name, long deadline) {
    if (unknown.getIfPresent(name) != null) {
      return Optional.empty();
    }
    try {
      String version = npm.latest(name, Duration.ofNanos(deadline - System.nanoTime()));
      latest.put(name, version);
      return Optional.of(version);
    } catch (IOException | BuildException e) {
      unknown.put(name, "");
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

  /**
   * How builds are kept from the machine, for the log and for health. The first call blocks for
   * some tenths of a second.
   */
  public BuildProtection protection() {
    BuildIsolation isolation = npm.isolation();
    return new BuildProtection(
        isolation.mode(),
        isolation.way().isPresent(),
        isolation.builds() ? "" : isolation.refusal());
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
