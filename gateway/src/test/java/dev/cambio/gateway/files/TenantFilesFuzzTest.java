package dev.cambio.gateway.files;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.TextNode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.io.TempDir;

/**
 * Any bytes as a tenant's files: a tree, or one complaint in one line. Nothing beside their
 * directory is read.
 */
@DisplayName("Tenant files of any bytes, contract management-api §4")
class TenantFilesFuzzTest {
  private static final String SECRET = "beside-the-directory";
  private static final String CODE = "// code";
  private static final ImportOptions OPTIONS =
      new ImportOptions(
          "t",
          "localhost:8080",
          Map.of(
              "NAME", TextNode.valueOf("x"),
              "LIST", JsonNodeFactory.instance.arrayNode().add(1)));

  @TempDir static Path temporary;

  private static Path yaml;
  private static Path layout;
  private static Path mapped;

  @BeforeAll
  static void prepare() throws Exception {
    Files.writeString(temporary.resolve("secret"), SECRET);
    yaml = tenant("yaml");
    mapped = tenant("mapped");
    Files.writeString(mapped.resolve("tenant.yaml"), "a: ##A##\nb: @@A@@\n");
    layout = Files.createDirectory(tenant("layout").resolve("roles")).resolveSibling("");
  }

  private static Path tenant(String name) throws Exception {
    Path directory = Files.createDirectory(temporary.resolve(name));
    Files.writeString(directory.resolve("code.js"), CODE);
    Files.createSymbolicLink(directory.resolve("link"), temporary);
    new ProcessBuilder("mkfifo", directory.resolve("pipe").toString()).start().waitFor();
    return directory;
  }

  @FuzzTest(maxDuration = "1m")
  void yaml(byte[] text) throws IOException {
    Files.write(yaml.resolve("tenant.yaml"), text);
    read(yaml);
  }

  @FuzzTest(maxDuration = "1m")
  void json(byte[] text) throws IOException {
    Files.write(layout.resolve("roles/r.json"), text);
    read(layout);
  }

  @FuzzTest(maxDuration = "1m")
  void config(byte[] text) throws IOException {
    Files.write(mapped.resolve("config.json"), text);
    read(mapped);
  }

  /** Code of an Action, at any path. */
  @FuzzTest(maxDuration = "1m")
  void path(byte[] path) throws IOException {
    Files.writeString(
        yaml.resolve("tenant.yaml"),
        JsonNodeFactory.instance
            .objectNode()
            .put("code", new String(path, StandardCharsets.UTF_8).replaceAll("[#@]", "-"))
            .toString());
    try {
      TenantFiles files = TenantFiles.at(yaml, OPTIONS);
      requireOwn(files.sideFile(files.tenant(), "code"));
    } catch (TenantImportException complaint) {
      requireSound(yaml, complaint);
    }
  }

  private static void read(Path directory) {
    try {
      TenantFiles files = TenantFiles.at(directory, OPTIONS);
      Entry root = files.tenant();
      for (String section : DirectoryLayout.FOLDERS.values()) {
        for (Entry entry : root.distinct(section, "name")) {
          entry.distinct("secrets", "name").forEach(secret -> secret.optionalText("value"));
          if (entry.has("code")) {
            requireOwn(files.sideFile(entry, "code"));
          }
        }
      }
    } catch (TenantImportException complaint) {
      requireSound(directory, complaint);
    }
  }

  /** In the directory there are the code, and what was just written. */
  private static void requireOwn(String text) {
    assertThat(text).doesNotContain(SECRET).doesNotContain("root:");
  }

  private static void requireSound(Path directory, TenantImportException complaint) {
    assertThat(complaint.getMessage())
        .startsWith(directory.toString())
        .hasSizeLessThan(2000)
        .doesNotContain(SECRET)
        .doesNotContainPattern("\\p{Cntrl}");
  }
}
