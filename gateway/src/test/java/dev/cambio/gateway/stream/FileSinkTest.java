package dev.cambio.gateway.stream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.cambio.model.config.Settings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.util.Map;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@DisplayName("Streams to files")
class FileSinkTest {
  @TempDir Path temporary;

  private FileSink sink() {
    return FileSink.of(
        LogStreamSettings.from(
            new Settings(
                Map.of(
                    "logs.file-directory",
                    new Settings.Value(temporary.resolve("logs").toString(), "test")))));
  }

  @Test
  @DisplayName("append, each tenant below a directory of its own")
  void appends() throws Exception {
    sink().append("one", "a/b.log", "1\n");
    sink().append("one", "a/b.log", "2\n");
    sink().append("../two", "a/b.log", "3\n");

    assertThat(temporary.resolve("logs/tenant-one/a/b.log")).hasContent("1\n2\n");
    assertThat(temporary.resolve("logs/tenant-..%2Ftwo/a/b.log")).hasContent("3\n");
  }

  @Test
  @DisplayName("for their owner, and for their group to read")
  void writesPrivately() throws Exception {
    sink().append("one", "a/b.log", "1\n");

    for (String made : new String[] {"logs", "logs/tenant-one/a", "logs/tenant-one/a/b.log"}) {
      assertThat(Files.getPosixFilePermissions(temporary.resolve(made)))
          .doesNotContain(
              PosixFilePermission.GROUP_WRITE,
              PosixFilePermission.OTHERS_READ,
              PosixFilePermission.OTHERS_WRITE);
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        ".",
        "..",
        "../x",
        "a/../x",
        "/etc/passwd",
        "a//b",
        "a/",
        ".hidden",
        "a\\b",
        "a\nb",
        "a b",
        "a\0b",
        "C:x",
        "a.log\n"
      })
  @DisplayName("never by a path that leads elsewhere")
  void refusesPaths(String path) {
    assertThat(FileSink.isPath(path)).isFalse();
    assertThatThrownBy(() -> sink().append("one", path, "x")).isInstanceOf(SinkException.class);
  }

  @Test
  @DisplayName("never through links, and never to what is no file")
  void followsNoLinks() throws IOException {
    Path root = Files.createDirectories(temporary.resolve("logs/tenant-one"));
    Path outside = Files.createDirectory(temporary.resolve("outside"));
    Files.createSymbolicLink(root.resolve("linked"), outside);
    Files.createSymbolicLink(root.resolve("file.log"), outside.resolve("file.log"));
    Files.createDirectory(root.resolve("folder"));

    assertThatThrownBy(() -> sink().append("one", "linked/x.log", "x"))
        .isInstanceOf(SinkException.class);
    assertThatThrownBy(() -> sink().append("one", "linked/deeper/x.log", "x"))
        .isInstanceOf(SinkException.class);
    assertThatThrownBy(() -> sink().append("one", "file.log", "x"))
        .isInstanceOf(SinkException.class);
    assertThatThrownBy(() -> sink().append("one", "folder", "x")).isInstanceOf(SinkException.class);
    assertThat(outside).isEmptyDirectory();
  }
}
