package dev.cambio.gateway.files;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The hosts of tenants: a domain, further ones, and no host twice. */
class HostImportIT {
  private static TestDatabase database;

  @TempDir Path path;

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
    TenantDirectory.valid(path);
  }

  @Test
  void aTenantIsServedAtItsDomain() {
    importTenant("a", "a.example");
    assertThat(hosts("a")).containsExactly("a.example");

    importTenant("a", "b.example");
    assertThat(hosts("a")).containsExactly("b.example");
  }

  @Test
  void furtherHostsStayUntilOthersAreGiven() {
    importTenant("a", "a.example", Set.of("x.example", "y.example:8443"));
    assertThat(hosts("a")).containsExactly("a.example", "x.example", "y.example:8443");

    importTenant("a", "b.example");
    assertThat(hosts("a")).containsExactly("b.example", "x.example", "y.example:8443");

    importTenant("a", "b.example", Set.of("z.example"));
    assertThat(hosts("a")).containsExactly("b.example", "z.example");

    importTenant("a", "b.example", Set.of());
    assertThat(hosts("a")).containsExactly("b.example");
  }

  @Test
  void domainAndFurtherHostMayChangePlaces() {
    importTenant("a", "a.example", Set.of("x.example"));

    importTenant("a", "x.example", Set.of("a.example"));

    assertThat(hosts("a")).containsExactly("a.example", "x.example");
    assertThat(database.rows("select domain from tenant")).containsExactly("x.example");
  }

  @Test
  void theSameHostsAgainChangeNothing() {
    importTenant("a", "a.example", Set.of("x.example"));
    Map<String, List<String>> before = database.dump();

    importTenant("a", "a.example", Set.of("x.example"));

    assertThat(database.dump()).isEqualTo(before);
  }

  @Test
  void aHostBelongsToOneTenant() {
    importTenant("a", "a.example", Set.of("x.example"));
    Map<String, List<String>> before = database.dump();

    assertRefused("a.example", Set.of(), "the host 'a.example' belongs to another tenant");
    assertRefused("x.example", Set.of(), "the host 'x.example' belongs to another tenant");
    assertRefused(
        "b.example", Set.of("a.example"), "the host 'a.example' belongs to another tenant");
    assertRefused(
        "b.example", Set.of("x.example"), "the host 'x.example' belongs to another tenant");
    assertThat(database.dump()).isEqualTo(before);
  }

  private void assertRefused(String domain, Set<String> further, String problem) {
    assertThatExceptionOfType(TenantImportException.class)
        .isThrownBy(() -> importTenant("b", domain, further))
        .withMessage(path.resolve("tenant.yaml") + ": " + problem);
  }

  private void importTenant(String tenant, String domain) {
    importTenant(new ImportOptions(tenant, domain, Map.of()));
  }

  private void importTenant(String tenant, String domain, Set<String> further) {
    importTenant(new ImportOptions(tenant, domain, Map.of()).alsoAt(further));
  }

  private void importTenant(ImportOptions options) {
    database.importer().importDirectory(path, options);
  }

  private static List<String> hosts(String tenant) {
    return database.rows(
        "select host from tenant_host where tenant_id = ? union select domain from tenant"
            + " where id = ? order by 1",
        tenant,
        tenant);
  }
}
