package dev.cambio.gateway.disk;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@DisplayName("Files that the user of a command names")
class GivenFileTest {
  @TempDir Path directory;

  @Test
  @DisplayName("are made for their owner alone, and written anew")
  void writesPrivately() throws IOException {
    Path file = directory.resolve("recording.json");
    new GivenFile(file).write("longer");
    new GivenFile(file).write("new");

    assertThat(file).hasContent("new");
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
        .isEqualTo("rw-------");
  }

  @Test
  @DisplayName("may be pipes, as shells make them")
  void readsPipes() throws Exception {
    Path pipe = directory.resolve("pipe");
    new ProcessBuilder("mkfifo", pipe.toString()).start().waitFor();
    Process writer = new ProcessBuilder("sh", "-c", "printf {} > \"$0\"", pipe.toString()).start();

    assertThat(new GivenFile(pipe).read()).asString().isEqualTo("{}");
    assertThat(writer.waitFor()).isZero();
  }

  @Test
  @DisplayName("end somewhere")
  void bounds() {
    assertThatExceptionOfType(Refusal.class)
        .isThrownBy(() -> new GivenFile(Path.of("/dev/zero")).read())
        .withMessage("/dev/zero is too large");
  }
}
