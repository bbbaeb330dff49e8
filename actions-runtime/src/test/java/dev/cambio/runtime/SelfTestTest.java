package dev.cambio.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SelfTestTest {

  @Test
  void eachLimitFiresBeforeTheNodeTakesWork() throws Exception {
    try (TestNode node = TestNode.start(Map.of("actions.self-test", "true"))) {
      var report = Objects.requireNonNull(node.node().health().guests().selfTest());

      assertThat(report.held())
          .contains(
              "wall-clock time",
              "CPU time",
              "promises",
              "allocation",
              "memory held",
              "length of strings",
              "depth of calls",
              "commands",
              "the check of realms",
              "code that cancelling does not stop");
      assertThat(report.tookMs()).isPositive();
    }
  }

  @Test
  void aProtectionThatDoesNotHoldStopsTheStart(@TempDir Path directory) throws Exception {
    Path java = directory.resolve("java");
    String command = ProcessHandle.current().info().command().orElseThrow();
    Files.writeString(java, "#!/bin/sh\nexport TOLD=all\nexec '" + command + "' \"$@\"\n");
    Files.setPosixFilePermissions(java, PosixFilePermissions.fromString("rwxr-xr-x"));

    assertThatThrownBy(
            () ->
                TestNode.start(
                    Map.of("actions.self-test", "true", "actions.guest-java", java.toString())))
        .hasMessageContaining(
            "The self-test of Actions failed: the guard \"no environment\" (env) does not hold"
                + " here");
  }

  @Test
  void whatCannotBeTriedIsNamedWithItsSettingAndARemedy(@TempDir Path directory) throws Exception {
    Path java = directory.resolve("java");
    String command = ProcessHandle.current().info().command().orElseThrow();
    // The first serves; those of the self-test end at once.
    Files.writeString(
        java,
        "#!/bin/sh\nmkdir '%s/served' && exec '%s' \"$@\"\nexit 1\n".formatted(directory, command));
    Files.setPosixFilePermissions(java, PosixFilePermissions.fromString("rwxr-xr-x"));

    assertThatThrownBy(
            () ->
                TestNode.start(
                    Map.of("actions.self-test", "true", "actions.guest-java", java.toString())))
        .hasMessageContaining(
            "The self-test of Actions could not try the guard \"no network\" (unshare), 3 times: a"
                + " guest process for it cannot be had, since it ended while starting: crashed.")
        .hasMessageContaining("actions.self-test: false");
  }
}
