package dev.cambio.gateway.files;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.cambio.gateway.files.ImportReport.Change;
import dev.cambio.gateway.files.TenantExporter.Format;
import dev.cambio.gateway.files.TenantExporter.Target;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

@DisplayName("Exports and dry runs, contract management-api §4")
class TenantExporterIT {
  private static final String MORE =
      """
      roles:
        - name: support
          description: Helps
          permissions: [{permission_name: read, resource_server_identifier: https://api.example}]
      organizations:
        - name: acme
          display_name: Acme
          metadata: {tier: gold}
          connections: [{name: users, assign_membership_on_login: true}]
          client_grants: [{client_id: app}]
      connections:
        - name: idp
          strategy: oidc
          enabled_clients: [app]
          options: {client_id: x}
      actionModules:
        - name: shared
          code: ./shared.js
          secrets: [{name: KEY, value: shared-secret}]
      attackProtection:
        suspiciousIpThrottling: {allowlist: [203.0.113.0/24]}
      tenant: {friendly_name: Acme, flags: {a: true}}
      """;

  private static TestDatabase database;

  @TempDir Path path;
  @TempDir Path written;

  @BeforeAll
  static void start() throws IOException {
    database = TestDatabase.start();
  }

  @AfterAll
  static void stop() throws IOException {
    database.close();
  }

  @BeforeEach
  void prepare() throws IOException {
    database.clear();
    TenantDirectory files = TenantDirectory.valid(path);
    files.write("login.js", "function login() {}\n");
    files.change(
        "  - name: users\n",
        "  - name: users\n    options: {customScripts: {login: ./login.js}}\n");
    files.write("shared.js", "exports.shared = 1;\n");
    files.change(
        "  - name: exchange\n",
        "  - name: exchange\n    modules: [{module_name: shared, module_version_number: 7}]\n");
    files.append(MORE);
    database.importTenant(path);
  }

  private static void export(Path directory, Format format) {
    database.exporter().export(TestDatabase.TENANT, new Target(directory, format, false));
  }

  private static Map<String, String> contents(Path directory) throws IOException {
    Map<String, String> contents = new TreeMap<>();
    try (Stream<Path> files = Files.walk(directory)) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        contents.put(directory.relativize(file).toString(), Files.readString(file));
      }
    }
    return contents;
  }

  @ParameterizedTest
  @EnumSource
  @DisplayName("§4 import, export, import: the second import changes nothing")
  void goesRound(Format format) {
    Map<String, List<String>> before = database.dump();

    export(written.resolve("out"), format);
    ImportReport report = database.importTenant(written.resolve("out"));

    assertThat(report.changes()).filteredOn(change -> !change.fields().isEmpty()).isEmpty();
    assertThat(report.written()).isZero();
    assertThat(report.changes()).extracting(Change::kind).contains("roles", "organizations");
    assertThat(database.dump()).isEqualTo(before);
  }

  @ParameterizedTest
  @EnumSource
  @DisplayName("two exports are the same, byte for byte, and show no secret")
  void isStable(Format format) throws IOException {
    export(written.resolve("one"), format);
    export(written.resolve("two"), format);

    assertThat(contents(written.resolve("one"))).isEqualTo(contents(written.resolve("two")));
    assertThat(contents(written.resolve("one")).values())
        .noneMatch(
            text -> text.contains("app-secret-0123456789") || text.contains("client_secret:"));
  }

  @Test
  @DisplayName("§4.3 the directory layout has the files that the deploy CLI writes")
  void writesDirectories() throws IOException {
    export(written.resolve("out"), Format.DIRECTORY);

    assertThat(contents(written.resolve("out")))
        .containsKeys(
            "tenant.json",
            "clients/app.json",
            "resource-servers/API.json",
            "grants/app-https---api.example.json",
            "connections/idp.json",
            "database-connections/users/database.json",
            "database-connections/users/login.js",
            "roles/support.json",
            "organizations/acme.json",
            "action-modules/shared.json",
            "action-modules/shared/code.js",
            "actions/exchange.json",
            "actions/exchange/code.js",
            "triggers/triggers.json",
            "token-exchange-profiles/partner.json",
            "attack-protection/suspicious-ip-throttling.json");
  }

  @Test
  @DisplayName("§4.3 a fault in the directory layout is told with its own file")
  void namesFiles() throws IOException {
    Path out = written.resolve("out");
    export(out, Format.DIRECTORY);
    Files.writeString(out.resolve("clients/app.json"), "{\"name\":\"app\",\"sso\":\"yes\"}");
    Files.writeString(out.resolve("roles/support.json"), "{\n]");

    assertThatExceptionOfType(TenantImportException.class)
        .isThrownBy(() -> database.importTenant(out))
        .withMessage(out.resolve("roles/support.json") + ":2: not readable as JSON");
    Files.delete(out.resolve("roles/support.json"));
    assertThatExceptionOfType(TenantImportException.class)
        .isThrownBy(() -> database.importTenant(out))
        .withMessageStartingWith(out.resolve("clients/app.json") + ": sso: ");
  }

  @ParameterizedTest
  @EnumSource
  @DisplayName("§4 names of any kind stay in the directory, and go round")
  void staysInTheDirectory(Format format) throws IOException {
    TenantDirectory files = new TenantDirectory(path);
    files.change(
        "customScripts: {login: ./login.js}",
        "customScripts: {login: ./login.js, ../../../../../escaped: ./a.js, LOGIN: ./b.js}");
    files.change(
        "  - name: draft\n",
        """
          - name: a/b
            code: ./a.js
            supported_triggers: [{id: post-login, version: v3}]
          - name: a:b
            code: ./b.js
            supported_triggers: [{id: post-login, version: v3}]
          - name: draft.json
            code: ./a.js
            supported_triggers: [{id: post-login, version: v3}]
          - name: draft
        """);
    files.change(
        "roles:\n",
        """
        roles:
          - name: ../../../../escaped
          - name: Support
          - name: Team/Support (EU)
        """);
    files.change(
        "connections:\n  - name: idp\n",
        """
        connections:
          - name: scripted
            strategy: oauth2
            options: {customScripts: {/tmp/escaped: ./a.js}}
          - name: idp
        """);
    files.write("a.js", "exports.onExecutePostLogin = () => {}; // a\n");
    files.write("b.js", "exports.onExecutePostLogin = () => {}; // b\n");
    database.importTenant(path);
    Map<String, List<String>> before = database.dump();

    export(written.resolve("deep/er/out"), format);

    assertThat(contents(written).keySet()).allMatch(file -> file.startsWith("deep/er/out/"));
    assertThat(database.importTenant(written.resolve("deep/er/out")).written()).isZero();
    assertThat(database.dump()).isEqualTo(before);
  }

  @ParameterizedTest
  @EnumSource
  @DisplayName("what is written is for its owner alone")
  void writesPrivately(Format format) throws IOException {
    export(written.resolve("out"), format);

    try (Stream<Path> files = Files.walk(written.resolve("out"))) {
      for (Path file : files.toList()) {
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
            .isEqualTo(Files.isDirectory(file) ? "rwx------" : "rw-------");
      }
    }
  }

  @Test
  @DisplayName("links that are there lead nowhere else, and are told")
  void followsNoLinks() throws IOException {
    Path outside = Files.createDirectory(written.resolve("outside"));
    Path out = Files.createDirectory(written.resolve("out"));
    Target target = new Target(out, Format.YAML, true);
    Files.createSymbolicLink(out.resolve("actions"), outside);

    assertThatExceptionOfType(TenantImportException.class)
        .isThrownBy(() -> database.exporter().export(TestDatabase.TENANT, target))
        .withMessageStartingWith(out + ": not written: ./actions/")
        .withMessageEndingWith("/code.js leads out of the directory");
    Files.delete(out.resolve("actions"));
    Files.delete(out.resolve("tenant.yaml"));
    Files.createSymbolicLink(out.resolve("tenant.yaml"), outside.resolve("tenant.yaml"));
    assertThatExceptionOfType(TenantImportException.class)
        .isThrownBy(() -> database.exporter().export(TestDatabase.TENANT, target))
        .withMessage(out + ": not written: tenant.yaml is no regular file");
    assertThat(outside).isEmptyDirectory();
  }

  @Test
  @DisplayName("a directory that is not empty is not written to, unless forced")
  void protectsFiles() {
    assertThatExceptionOfType(TenantImportException.class)
        .isThrownBy(() -> export(path, Format.YAML))
        .withMessageContaining("is not empty");

    database.exporter().export(TestDatabase.TENANT, new Target(path, Format.YAML, true));
  }

  @Test
  @DisplayName("a tenant that does not exist is told so")
  void refusesUnknownTenants() {
    assertThatExceptionOfType(TenantImportException.class)
        .isThrownBy(
            () ->
                database
                    .exporter()
                    .export("nobody", new Target(written.resolve("x"), Format.YAML, false)))
        .withMessage("there is no tenant 'nobody'");
  }

  @Test
  @DisplayName("a dry run tells what would change, shows no secret, and changes nothing")
  void runsDry() throws IOException {
    Map<String, List<String>> before = database.dump();
    new TenantDirectory(path)
        .change("client_secret: app-secret-0123456789", "client_secret: other-secret-0123456789");
    new TenantDirectory(path).change("name: API\n", "name: API\n    token_lifetime: 60\n");
    new TenantDirectory(path).append("emailTemplates: [{template: x}]\n");

    ImportReport report =
        database
            .importer()
            .importDirectory(
                path,
                new ImportOptions(TestDatabase.TENANT, "localhost:8080", Map.of(), true, true));

    assertThat(database.dump()).isEqualTo(before);
    assertThat(report.toString())
        .contains("token_lifetime: 86400 → 60")
        .contains("client_secret: (not shown) → (not shown)")
        .contains("ignored: emailTemplates (not supported by this version)")
        .doesNotContain("other-secret");
    assertThat(report.toJson().path("supported").findValuesAsText("outcome")).contains("changed");
  }
}
