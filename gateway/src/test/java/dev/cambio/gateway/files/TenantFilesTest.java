package dev.cambio.gateway.files;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import com.fasterxml.jackson.databind.node.TextNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TenantFilesTest {
  private static final ImportOptions OPTIONS =
      new ImportOptions(
          "t", "localhost:8080", Map.of("NAME", TextNode.valueOf("from the environment")));

  @TempDir Path directory;
  @TempDir Path other;

  private void write(String file, String text) throws IOException {
    Files.writeString(directory.resolve(file), text);
  }

  private Entry tenant() {
    return TenantFiles.at(directory, OPTIONS).tenant();
  }

  private void refuses(String message) {
    assertThatExceptionOfType(TenantImportException.class)
        .isThrownBy(this::tenant)
        .withMessage(directory.resolve("tenant.yaml") + message);
  }

  @Test
  void replacesKeywordsBeforeItParses() throws IOException {
    write(
        "config.json",
        """
        {"AUTH0_KEYWORD_REPLACE_MAPPINGS": {"URLS": ["https://a.example", "https://b.example"],
          "NAME": "from the file", "LIFE": 60}}
        """);
    write("tenant.yaml", "a: @@URLS@@\nb: '@@LIFE@@'\nc: ##NAME##\nd: ##MANAGEMENT_AUDIENCE##");

    assertThat(tenant().json())
        .hasToString(
            "{\"a\":[\"https://a.example\",\"https://b.example\"],\"b\":60,"
                + "\"c\":\"from the environment\",\"d\":\"http://localhost:8080/api/v2/\"}");
  }

  @Test
  void readsAnEmptyFileAsAnEmptyTenant() throws IOException {
    write("tenant.yaml", "# nothing yet\n");

    assertThat(tenant().json()).isEmpty();
  }

  @Test
  void namesAKeywordThatNothingReplaces() throws IOException {
    write("tenant.yaml", "a: ##MISSING##");

    refuses(": nothing replaces the keyword ##MISSING##");
  }

  @Test
  void namesTheLineOfADuplicateKey() throws IOException {
    write("tenant.yaml", "a: 1\nb: 2\na: 3\n");

    refuses(":3: Duplicate field 'a'");
  }

  @Test
  void namesTheLineOfASyntaxErrorAndShowsNoContent() throws IOException {
    write("tenant.yaml", "a:\n  - client_secret: hunter2\n   x: y\n");

    assertThatExceptionOfType(TenantImportException.class)
        .isThrownBy(this::tenant)
        .withMessageStartingWith(directory.resolve("tenant.yaml") + ":3: ")
        .withMessageNotContaining("hunter2")
        .satisfies(e -> assertThat(e).message().doesNotContain("\n"));
  }

  @Test
  void refusesAliases() throws IOException {
    write("tenant.yaml", "a: &x [1]\nb: *x\n");

    refuses(":2: aliases are not supported");
  }

  @Test
  void refusesASecondDocument() throws IOException {
    write("tenant.yaml", "a: 1\n---\nb: 2\n");

    assertThatExceptionOfType(TenantImportException.class).isThrownBy(this::tenant);
  }

  @Test
  void refusesWhatIsNoMapping() throws IOException {
    write("tenant.yaml", "[]");

    refuses(": must be a mapping");
  }

  @Test
  void refusesMappingsThatAreNone() throws IOException {
    write("tenant.yaml", "");
    write("config.json", "{\"AUTH0_KEYWORD_REPLACE_MAPPINGS\": []}");

    assertThatExceptionOfType(TenantImportException.class)
        .isThrownBy(this::tenant)
        .withMessage(
            directory.resolve("config.json")
                + ": AUTH0_KEYWORD_REPLACE_MAPPINGS: must be a mapping");
  }

  @ParameterizedTest
  @ValueSource(strings = {"code.js", "./code.js", ".\\code.js", "x/../code.js"})
  void readsSideFilesWhereverTheDirectoryIsNamedFrom(String code) throws IOException {
    write("tenant.yaml", "code: '" + code + "'");
    write("code.js", "// ##NAME##");

    for (Path named :
        new Path[] {
          directory,
          directory.resolve("tenant.yaml"),
          directory.resolve("."),
          directory.resolve("..").resolve(directory.getFileName())
        }) {
      TenantFiles files = TenantFiles.at(named, OPTIONS);
      assertThat(files.sideFile(files.tenant(), "code")).isEqualTo("// from the environment");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"../secret", "/etc/passwd", "link"})
  void refusesSideFilesElsewhere(String code) throws IOException {
    write("tenant.yaml", "code: " + code);
    Files.createSymbolicLink(directory.resolve("link"), Path.of("/etc/passwd"));
    TenantFiles files = TenantFiles.at(directory, OPTIONS);
    Entry tenant = files.tenant();

    assertThatExceptionOfType(TenantImportException.class)
        .isThrownBy(() -> files.sideFile(tenant, "code"))
        .withMessage(
            directory.resolve("tenant.yaml")
                + ": code: '"
                + code
                + "' leads out of the tenant's directory");
  }

  @Test
  void refusesATenantThatIsALinkElsewhere() throws IOException {
    Path outside = Files.writeString(other.resolve("tenant.yaml"), "a: hidden");
    Files.createSymbolicLink(directory.resolve("tenant.yaml"), outside);

    refuses(": leads out of the tenant's directory");
  }

  @Test
  void readsATenantThatIsALinkWithin() throws IOException {
    Files.createDirectory(directory.resolve("..data"));
    write("..data/tenant.yaml", "a: 1");
    Files.createSymbolicLink(directory.resolve("tenant.yaml"), Path.of("..data/tenant.yaml"));

    assertThat(tenant().json()).hasToString("{\"a\":1}");
  }

  @Test
  void refusesMappingsThatAreALinkElsewhere() throws IOException {
    write("tenant.yaml", "a: 1");
    Files.createSymbolicLink(directory.resolve("config.json"), Path.of("/etc/passwd"));

    assertThatExceptionOfType(TenantImportException.class)
        .isThrownBy(this::tenant)
        .withMessage(directory.resolve("config.json") + ": leads out of the tenant's directory");
  }

  @Test
  void refusesFoldersThatAreLinksElsewhere() throws IOException {
    Files.writeString(other.resolve("a.json"), "{\"name\":\"hidden\"}");
    Files.createSymbolicLink(directory.resolve("roles"), other);

    assertThatExceptionOfType(TenantImportException.class)
        .isThrownBy(this::tenant)
        .withMessage(directory.resolve("roles") + ": leads out of the tenant's directory");
  }

  @Test
  void refusesFilesOfEntitiesThatAreLinksElsewhere() throws IOException {
    Files.writeString(other.resolve("a.json"), "{\"name\":\"hidden\"}");
    Path link = Files.createDirectory(directory.resolve("roles")).resolve("a.json");
    Files.createSymbolicLink(link, other.resolve("a.json"));

    assertThatExceptionOfType(TenantImportException.class)
        .isThrownBy(this::tenant)
        .withMessage(link + ": leads out of the tenant's directory");
  }

  @Test
  @Timeout(10)
  void waitsForNoPipe() throws Exception {
    write("tenant.yaml", "code: pipe");
    for (String pipe : new String[] {"pipe", "config.json"}) {
      new ProcessBuilder("mkfifo", directory.resolve(pipe).toString()).start().waitFor();
    }

    assertThatExceptionOfType(TenantImportException.class)
        .isThrownBy(this::tenant)
        .withMessage(directory.resolve("config.json") + ": is no regular file");
    Files.delete(directory.resolve("config.json"));
    TenantFiles files = TenantFiles.at(directory, OPTIONS);
    Entry tenant = files.tenant();
    assertThatExceptionOfType(TenantImportException.class)
        .isThrownBy(() -> files.sideFile(tenant, "code"))
        .withMessage(directory.resolve("tenant.yaml") + ": code: there is no file 'pipe'");
  }

  @Test
  void boundsKeywordsWithinKeywords() throws IOException {
    StringBuilder mappings = new StringBuilder("{\"AUTH0_KEYWORD_REPLACE_MAPPINGS\": {\"L\": 1");
    for (int i = 0; i < 64; i++) {
      mappings.append(",\"K%d\": \"##K%d####K%d##\"".formatted(i, i + 1, i + 1));
    }
    write("config.json", mappings + "}}");
    write("tenant.yaml", "a: ##K0##");

    refuses(": larger than 16777216 characters when its keywords are replaced");
  }

  @Test
  void complainsInOneShortLineOfPlainText() throws IOException {
    write("tenant.yaml", "code: \"\\e[31m\\n\\x07" + "x".repeat(5_000) + "\"");
    TenantFiles files = TenantFiles.at(directory, OPTIONS);
    Entry tenant = files.tenant();

    assertThatExceptionOfType(TenantImportException.class)
        .isThrownBy(() -> files.sideFile(tenant, "code"))
        .withMessageStartingWith(
            directory.resolve("tenant.yaml") + ": code: there is no file '?[31m??xxx")
        .satisfies(e -> assertThat(e.getMessage()).hasSizeLessThan(1200));
  }

  @Test
  void refusesWhatIsNested() throws IOException {
    write("tenant.yaml", "a: " + "[".repeat(100_000));

    assertThatExceptionOfType(TenantImportException.class)
        .isThrownBy(this::tenant)
        .withMessageStartingWith(directory.resolve("tenant.yaml") + ":1: ")
        .satisfies(e -> assertThat(e.getMessage()).hasSizeLessThan(500).doesNotContain("[[["));
  }

  @Test
  void refusesMoreThanTheParserTakes() throws IOException {
    write("tenant.yaml", "a:\n" + "- 1\n".repeat(800_000));

    assertThatExceptionOfType(TenantImportException.class)
        .isThrownBy(this::tenant)
        .withMessageStartingWith(directory.resolve("tenant.yaml") + ":")
        .withMessageContaining("3145728");
  }

  @Test
  void namesTheLineThatIsNotUtf8() throws IOException {
    Files.write(
        directory.resolve("tenant.yaml"), new byte[] {'a', ':', '\n', '\n', ' ', (byte) 0xc3});

    refuses(":3: not UTF-8");
  }

  @Test
  void namesADirectoryWithoutATenant() {
    refuses(": there is no such file");
  }
}
