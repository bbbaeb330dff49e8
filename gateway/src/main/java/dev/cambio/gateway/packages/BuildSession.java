package dev.cambio.gateway.packages;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.cambio.gateway.packages.BuildDirectory.Done;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.function.BooleanSupplier;

/** The commands of one build: npm, which may reach registries, and Node.js, which may not. */
final class BuildSession implements AutoCloseable {
  private static final String SOCKET = "registry";
  private static final String PRELOADED = "registry.cjs";

  /** No code of packages runs, and nothing comes but from registries. */
  private static final List<String> OPTIONS =
      List.of(
          "--ignore-scripts",
          "--allow-git=none",
          "--allow-file=none",
          "--allow-directory=none",
          "--git=/bin/false",
          "--install-strategy=hoisted",
          "--no-audit",
          "--no-fund",
          "--no-update-notifier",
          "--no-bin-links",
          "--package-lock",
          "--omit=dev",
          "--omit-lockfile-registry-resolved",
          "--logs-max=0",
          "--loglevel=error");

  /** There is no such host: the door has no name. */
  private static final List<String> IN_JAIL =
      List.of(
          "--userconfig=" + Jail.GIVEN + "/" + NpmSettings.NPMRC,
          "--globalconfig=" + Jail.GIVEN + "/none",
          "--cache=" + Jail.BUILD + "/.npm",
          "--proxy=http://door.invalid/",
          "--https-proxy=http://door.invalid/",
          "--noproxy=");

  private final BuildSettings settings;
  private final BuildDirectory directory;
  private final Optional<RegistryDoor> door;
  private final NpmSettings npm;

  private BuildSession(
      BuildSettings settings,
      BuildDirectory directory,
      Optional<RegistryDoor> door,
      NpmSettings npm) {
    this.settings = settings;
    this.directory = directory;
    this.door = door;
    this.npm = npm;
  }

  /**
   * Begins one.
   *
   * @param budget time for all commands together
   * @param cancelled whether to give up
   */
  static BuildSession open(
      BuildSettings settings,
      BuildIsolation isolation,
      NpmSettings npm,
      Duration budget,
      BooleanSupplier cancelled)
      throws IOException, BuildException {
    BuildDirectory directory = BuildDirectory.make(budget, cancelled);
    Optional<RegistryDoor> door = Optional.empty();
    try {
      if (isolation.way().isPresent()) {
        for (Map.Entry<String, String> file : npm.files().entrySet()) {
          directory.give(file.getKey(), file.getValue());
        }
        directory.give(PRELOADED, preloaded());
        Set<String> allowed = new HashSet<>(npm.registries());
        allowed.addAll(settings.hosts());
        door = Optional.of(RegistryDoor.open(directory.place(SOCKET), allowed, npm.proxies()));
        directory.enclose(isolation.way().get(), settings);
      }
      return new BuildSession(settings, directory, door, npm);
    } catch (IOException | RuntimeException e) {
      close(directory, door);
      throw e;
    }
  }

  private static String preloaded() throws IOException {
    try (InputStream file = BuildSession.class.getResourceAsStream(PRELOADED)) {
      return new String(Objects.requireNonNull(file).readAllBytes(), UTF_8);
    }
  }

  /**
   * What the operator has set npm up with; runs npm outside of any jail, without packages.
   *
   * @param environment that npm has there
   */
  static NpmSettings settings(BuildSettings settings, Map<String, String> environment)
      throws IOException, BuildException {
    try (BuildDirectory directory = BuildDirectory.make(settings.timeout(), () -> false)) {
      List<String> command = List.of(settings.npm(), "config", "ls", "--json", "--loglevel=silent");
      Done done = started(settings, directory, command, environment);
      if (done.exit() != 0) {
        throw NpmFailure.of(done.output());
      }
      return NpmSettings.of(done.output(), environment);
    }
  }

  BuildDirectory directory() {
    return directory;
  }

  boolean isJailed() {
    return door.isPresent();
  }

  /**
   * Runs npm.
   *
   * @return what it printed
   * @throws BuildException if it fails, with the reason as far as npm tells it
   */
  String npm(List<String> arguments) throws IOException, BuildException {
    List<String> command =
        new ArrayList<>(isJailed() ? JailPaths.of(settings).npm() : List.of(settings.npm()));
    if (command.isEmpty()) {
      throw NpmFailure.missing(settings);
    }
    command.addAll(arguments);
    command.addAll(OPTIONS);
    Map<String, String> environment = npm.environment();
    if (isJailed()) {
      command.addAll(IN_JAIL);
      environment = jailed();
    }
    directory.log("npm " + String.join(" ", arguments));
    Done done = started(settings, directory, command, environment);
    directory.log(done.output());
    if (done.exit() != 0) {
      requireReached();
      throw NpmFailure.of(done.output());
    }
    return done.output();
  }

  private static Done started(
      BuildSettings settings,
      BuildDirectory directory,
      List<String> command,
      Map<String, String> environment)
      throws BuildException {
    try {
      return directory.run("", command, environment);
    } catch (IOException e) {
      throw NpmFailure.missing(settings);
    }
  }

  private Map<String, String> jailed() {
    Map<String, String> environment = new HashMap<>();
    environment.put("NODE_OPTIONS", "--require=" + directory.given(PRELOADED));
    if (npm.files().containsKey(NpmSettings.EXTRA_CERTIFICATES)) {
      environment.put("NODE_EXTRA_CA_CERTS", directory.given(NpmSettings.EXTRA_CERTIFICATES));
    }
    return environment;
  }

  private void requireReached() throws BuildException {
    Set<String> refused = door.map(RegistryDoor::refused).orElse(Set.of());
    if (!refused.isEmpty()) {
      throw new BuildException(
          "host_refused",
          "%s is neither a registry of npm's settings nor listed in actions.build-hosts"
              .formatted(String.join(", ", refused)));
    }
  }

  /** Nothing is fetched any more, and who asked for it is no longer known. */
  void leaveNetwork() throws IOException {
    if (door.isPresent()) {
      door.get().close();
      for (String file : npm.files().keySet()) {
        Files.deleteIfExists(directory.place(file));
      }
    }
  }

  /** Runs a script of the bundler's directory. */
  Done node(String script, String input) throws BuildException {
    List<String> command =
        new ArrayList<>(isJailed() ? JailPaths.of(settings).node() : List.of(settings.node()));
    command.add(settings.bundler().resolve(script).toString());
    try {
      if (command.size() > 1) {
        return directory.run(input, command);
      }
    } catch (IOException e) {
      // As where there is none.
    }
    throw new BuildException(
        "node_missing",
        "Node.js is not installed here ('%s' cannot be run), so no packages can be bundled"
            .formatted(settings.node()));
  }

  @Override
  public void close() {
    close(directory, door);
  }

  private static void close(BuildDirectory directory, Optional<RegistryDoor> door) {
    try (directory) {
      if (door.isPresent()) {
        door.get().close();
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
