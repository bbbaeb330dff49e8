package dev.cambio.gateway.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@DisplayName("Whatever starts a JVM of ours has it end when it is out of memory")
class LauncherTest {
  private static final String FLAG = "-XX:+ExitOnOutOfMemoryError";

  @TempDir Path directory;

  @Test
  @DisplayName("bin/cambio, for every command")
  void command() throws Exception {
    Path java = Files.createDirectories(directory.resolve("bin")).resolve("java");
    executable(
        java,
        """
        #!/bin/sh
        [ "$1" = -version ] && { echo 'openjdk version "25"'; exit; }
        printf '%s\\n' "$@"
        """);
    Path script = directory.resolve("cambio");
    executable(
        script,
        Files.readString(Path.of("src", "main", "dist", "bin", "cambio"))
            .replace("${cambio.jvm.flags}", "-Dflags"));

    assertThat(run(script, "serve", "--quickstart"))
        .contains(FLAG, "-Xmx7m", "-Dflags", "serve", "--quickstart")
        .containsSubsequence(FLAG, "dev.cambio.gateway.cli.Cambio");
  }

  @Test
  @DisplayName("and what Maven starts in quickstart")
  void quickstart() throws IOException {
    List<String> started =
        Pattern.compile("<commandlineArgs>(.*)</commandlineArgs>")
            .matcher(Files.readString(Path.of("pom.xml")))
            .results()
            .map(MatchResult::group)
            .filter(line -> line.contains(".Cambio"))
            .toList();

    assertThat(started).isNotEmpty().allMatch(line -> line.contains(FLAG));
  }

  private List<String> run(Path script, String... arguments) throws Exception {
    ProcessBuilder builder = new ProcessBuilder(script.toString());
    builder.command().addAll(List.of(arguments));
    builder.environment().put("CAMBIO_JAVA_HOME", directory.toString());
    builder.environment().put("CAMBIO_JAVA_OPTS", "-Xmx7m");
    Process process = builder.redirectErrorStream(true).start();
    List<String> lines = process.inputReader().lines().toList();
    assertThat(process.waitFor()).isZero();
    return lines;
  }

  private static void executable(Path file, String text) throws IOException {
    Files.writeString(file, text);
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwx------"));
  }
}
