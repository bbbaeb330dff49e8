package dev.cambio.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import dev.cambio.model.action.ActionCommand;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A guest home whose compiler does not fit this JDK. */
class InterpretedTest {

  @Test
  void runsWithoutACompiler(@TempDir Path home) throws Exception {
    copyLibraries(home.resolve("lib"));
    Files.createDirectory(home.resolve("jvmci"));

    try (TestNode node = TestNode.start(Map.of("actions.guest-home", home.toString()))) {
      assertThat(node.node().health().guests().javascript()).isEqualTo("Interpreted");
      assertThat(
              node.run(
                      "exports.onExecuteCustomTokenExchange ="
                          + " (event, api) => api.authentication.setUserById('u');")
                  .commands())
          .containsExactly(new ActionCommand.SetUserById("u"));
    }
  }

  private static void copyLibraries(Path target) throws IOException {
    Files.createDirectory(target);
    Path source = Path.of(System.getProperty("cambio.guest.home")).resolve("lib");
    List<Path> jars;
    try (Stream<Path> files = Files.list(source)) {
      jars = files.toList();
    }
    for (Path jar : jars) {
      Files.copy(jar, target.resolve(jar.getFileName().toString()));
    }
  }
}
