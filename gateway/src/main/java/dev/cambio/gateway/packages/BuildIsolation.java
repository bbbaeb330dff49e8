package dev.cambio.gateway.packages;

import dev.cambio.gateway.config.ConfigLoader;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * How builds are kept from the machine here: by a jail, if it lets one be made.
 *
 * @param mode that is set
 * @param way to make jails; empty if they are not wanted or cannot be made
 * @param obstacle why they cannot be made, else empty
 */
record BuildIsolation(BuildMode mode, Optional<Jail.Way> way, String obstacle) {
  private static final Logger LOG = LoggerFactory.getLogger(BuildIsolation.class);
  private static final Duration TRIAL = Duration.ofSeconds(30);

  /** Tries it out; blocks for some tenths of a second. */
  static BuildIsolation find(BuildSettings settings) {
    if (settings.mode() != BuildMode.ISOLATED) {
      return new BuildIsolation(settings.mode(), Optional.empty(), "");
    }
    String obstacle = "";
    for (Jail.Way way : Jail.Way.values()) {
      try (BuildDirectory directory = BuildDirectory.make(TRIAL, () -> false)) {
        directory.enclose(way, settings);
        if (directory.run("", List.of("true")).exit() == 0) {
          return new BuildIsolation(settings.mode(), Optional.of(way), "");
        }
      } catch (IOException | BuildException e) {
        obstacle = String.valueOf(e.getMessage());
      }
    }
    return new BuildIsolation(settings.mode(), Optional.empty(), obstacle);
  }

  /** Whether packages that need npm are built here. */
  boolean builds() {
    return mode == BuildMode.TRUSTED || way.isPresent();
  }

  /** Whether trying again would come to the same. */
  boolean isFinal() {
    return mode != BuildMode.ISOLATED || way.isPresent();
  }

  /** Says in the log what holds, and what to do if nothing does. */
  void tell() {
    switch (mode) {
      case OFF ->
          LOG.info("Packages of Actions that need npm are not built: actions.builds is off");
      case TRUSTED ->
          LOG.warn("Packages of Actions are built without isolation: actions.builds is trusted");
      case ISOLATED -> {
        if (way.isEmpty()) {
          LOG.warn("{}", refusal());
        }
      }
    }
  }

  /** Why nothing is built. */
  String refusal() {
    return mode == BuildMode.OFF
        ? "Packages that need npm are not built here: actions.builds is off"
        : "Packages that need npm are not built here: actions.builds is isolated, and this machine"
            + " does not let builds be isolated ("
            + obstacle
            + "); actions.builds: trusted builds them without";
  }

  /** What builds do not see, wherever it is. */
  static Path hidden() {
    return ConfigLoader.home().toAbsolutePath().normalize();
  }
}
