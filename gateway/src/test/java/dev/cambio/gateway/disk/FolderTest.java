package dev.cambio.gateway.disk;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.cambio.gateway.disk.Refusal.Reason;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@DisplayName("A directory that nothing leaves")
class FolderTest {
  @TempDir Path temporary;

  private Path root;
  private Path outside;
  private Folder folder;

  @BeforeEach
  void make() throws IOException {
    root = temporary.resolve("a/root");
    folder = Folder.make(root, Access.OWNER);
    outside = Files.createDirectory(temporary.resolve("outside"));
    Files.writeString(outside.resolve("secret"), "hidden");
  }

  private static void refuses(Reason reason, ThrowingCallable call) {
    assertThatExceptionOfType(Refusal.class)
        .isThrownBy(call)
        .extracting(Refusal::reason)
        .isEqualTo(reason);
  }

  private static String mode(Path path) throws IOException {
    return PosixFilePermissions.toString(Files.getPosixFilePermissions(path));
  }

  private Path pipe(String name) throws Exception {
    Path pipe = root.resolve(name);
    assertThat(new ProcessBuilder("mkfifo", pipe.toString()).start().waitFor()).isZero();
    return pipe;
  }

  @Test
  @DisplayName("what is made is for its owner alone")
  void makesPrivately() throws IOException {
    folder.write("./x/y z/file", "1");
    folder.append("x/log", "1");
    folder.append("x/log", "2");

    assertThat(root.resolve("x/y z/file")).hasContent("1");
    assertThat(root.resolve("x/log")).hasContent("12");
    assertThat(mode(root)).isEqualTo("rwx------");
    assertThat(mode(root.resolveSibling(""))).isEqualTo("rwx------");
    assertThat(mode(root.resolve("x/y z"))).isEqualTo("rwx------");
    assertThat(mode(root.resolve("x/y z/file"))).isEqualTo("rw-------");
    assertThat(mode(root.resolve("x/log"))).isEqualTo("rw-------");
  }

  @Test
  @DisplayName("or for its group to read")
  void makesForGroups() throws IOException {
    Folder logs = Folder.make(temporary.resolve("logs"), Access.GROUP);
    logs.append("x/log", "1");

    assertThat(mode(logs.root().resolve("x"))).isIn("rwxr-x---", "rwx------");
    assertThat(mode(logs.root().resolve("x/log"))).isIn("rw-r-----", "rw-------");
  }

  @Test
  @DisplayName("a file that is written anew is private, whatever it was, and leaves nothing behind")
  void replaces() throws IOException {
    Path file = Files.writeString(root.resolve("file"), "old and longer");
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-rw-rw-"));
    folder.write("file", "new");

    assertThat(file).hasContent("new");
    assertThat(mode(file)).isEqualTo("rw-------");
    assertThat(folder.list(root)).containsExactly(folder.root().resolve("file"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"", ".", "..", "../x", "x/../../y", "x/..", "/tmp/x", "a\0b", "./../outside/new"})
  void writesNothingElsewhere(String path) {
    refuses(Reason.OUTSIDE, () -> folder.write(path, "x"));
    refuses(Reason.OUTSIDE, () -> folder.append(path, "x"));
    refuses(Reason.OUTSIDE, () -> folder.makeFolder(path));
    assertThat(outside).isDirectoryContaining("glob:**/secret");
    assertThat(root).isEmptyDirectory();
  }

  @Test
  @DisplayName("nothing is written through links that lead out, and no folder made behind one")
  void followsNoLinkOut() throws IOException {
    Files.createSymbolicLink(root.resolve("out"), outside);
    Files.createSymbolicLink(root.resolve("file"), outside.resolve("secret"));
    Files.createSymbolicLink(root.resolve("dangling"), outside.resolve("none"));

    refuses(Reason.OUTSIDE, () -> folder.write("out/secret", "x"));
    refuses(Reason.OUTSIDE, () -> folder.append("out/deeper/still/file", "x"));
    refuses(Reason.OUTSIDE, () -> folder.makeFolder("out"));
    refuses(Reason.NO_FILE, () -> folder.write("file", "x"));
    refuses(Reason.NO_FILE, () -> folder.append("file", "x"));
    refuses(Reason.NO_FILE, () -> folder.append("dangling", "x"));
    refuses(Reason.NO_FILE, () -> folder.append("dangling/x", "x"));
    assertThat(outside).isDirectoryNotContaining("glob:**/{deeper,none}");
    assertThat(outside.resolve("secret")).hasContent("hidden");
  }

  @Test
  @DisplayName("links within it lead to folders and files in it")
  void followsLinksWithin() throws IOException {
    Files.createDirectory(root.resolve("real"));
    Files.createSymbolicLink(root.resolve("linked"), Path.of("real"));
    folder.write("linked/file", "x");

    assertThat(root.resolve("real/file")).hasContent("x");
    assertThat(folder.read(root.resolve("linked/file"), 10)).asString().isEqualTo("x");
    assertThat(folder.list(root.resolve("linked"))).hasSize(1);
  }

  @Test
  @DisplayName("nothing is read outside, and nothing too large")
  void readsWithin() throws IOException {
    Files.createSymbolicLink(root.resolve("out"), outside);
    Files.createSymbolicLink(root.resolve("file"), outside.resolve("secret"));
    Files.writeString(root.resolve("large"), "12345678901");

    refuses(Reason.OUTSIDE, () -> folder.read(root.resolve("out/secret"), 10));
    refuses(Reason.OUTSIDE, () -> folder.read(root.resolve("file"), 10));
    refuses(Reason.OUTSIDE, () -> folder.read(outside.resolve("secret"), 10));
    refuses(Reason.OUTSIDE, () -> folder.read(root.resolve("../../outside/secret"), 10));
    refuses(Reason.OUTSIDE, () -> folder.list(root.resolve("out")));
    refuses(Reason.TOO_LARGE, () -> folder.read(root.resolve("large"), 10));
    assertThat(folder.read(root.resolve("large"), 11)).hasSize(11);
    refuses(Reason.NO_FILE, () -> folder.read(root, 10));
  }

  @Test
  @Timeout(10)
  @DisplayName("nobody waits for a pipe")
  void waitsForNoPipe() throws Exception {
    Path pipe = pipe("pipe");

    refuses(Reason.NO_FILE, () -> folder.read(pipe, 10));
    refuses(Reason.NO_FILE, () -> folder.append("pipe", "x"));
    refuses(Reason.NO_FILE, () -> folder.write("pipe", "x"));
  }

  @Test
  @DisplayName("it may itself be given by a link")
  void isGivenByALink() throws IOException {
    Path link = Files.createSymbolicLink(temporary.resolve("link"), root);
    Folder.make(link, Access.OWNER).write("file", "x");

    assertThat(root.resolve("file")).hasContent("x");
    assertThat(Folder.of(link).read(link.resolve("file"), 1)).asString().isEqualTo("x");
  }
}
