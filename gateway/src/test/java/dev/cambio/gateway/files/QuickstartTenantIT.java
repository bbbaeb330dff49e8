package dev.cambio.gateway.files;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The tenant that quickstart serves, imported from the files that are shipped. */
class QuickstartTenantIT {
  private static final Path FILES =
      Path.of(System.getProperty("cambio.home", ".."), "config", "quickstart");

  private static TestDatabase database;

  @BeforeAll
  static void start() throws IOException {
    database = TestDatabase.start();
  }

  @AfterAll
  static void stop() throws IOException {
    database.close();
  }

  @BeforeEach
  void importTenant() {
    database.clear();
    assertThat(database.importTenant(FILES).warnings()).isEmpty();
  }

  @Test
  void hasWhatTheReadmePromises() {
    assertThat(database.rows("select domain from tenant")).containsExactly("localhost:8080");
    assertThat(database.rows("select client_id from client order by 1"))
        .containsExactly("quickstart-admin", "quickstart-app");
    assertThat(database.rows("select identifier from resource_server order by 1"))
        .containsExactly("http://localhost:8080/api/v2/", "https://api.acme.example/orders");
    assertThat(
            database.rows(
                "select p.subject_token_type || ' ' || a.name || ' ' || v.number"
                    + " from token_exchange_profile p join action a on a.id = p.action_id"
                    + " join action_version v on v.id = a.deployed_version_id order by 1"))
        .containsExactly(
            "urn:acme:employee-token employee-token 1",
            "urn:acme:partner-token partner-token 1",
            "urn:acme:support-session support-session 1");
    assertThat(
            database.rows(
                "select b.trigger_id || ' ' || a.name from trigger_binding b"
                    + " join action a on a.id = b.action_id"))
        .containsExactly("post-login enrich-tokens");
    assertThat(
            database.rows(
                "select c.name || ' ' || c.strategy || ' ' || e.client_id from connection c"
                    + " join connection_client e on e.connection_id = c.id order by 1"))
        .containsExactly(
            "Username-Password-Authentication auth0 quickstart-app",
            "acme-idp oidc quickstart-app");
    assertThat(database.rows("select user_id from user_account order by 1"))
        .containsExactly("auth0|jane", "auth0|sam");
    assertThat(database.rows("select kty || ' ' || state from signing_key order by 1"))
        .containsExactly(
            "EC current", "EC next", "OKP current", "OKP next", "RSA current", "RSA next");
  }

  @Test
  void sealsItsSecrets() {
    byte[] client =
        database.bytes("select sealed_secret from client where client_id = 'quickstart-app'");
    assertThat(TestDatabase.SEAL.open(client, "client_secret/quickstart/quickstart-app"))
        .isEqualTo("quickstart-app-secret-0123456789abcdef".getBytes(UTF_8));
    String action = database.rows("select id from action where name = 'partner-token'").getFirst();
    byte[] secrets =
        database.bytes(
            "select v.sealed_secrets from action a"
                + " join action_version v on v.id = a.deployed_version_id where a.id = ?",
            action);
    assertThat(
            new String(
                TestDatabase.SEAL.open(secrets, "action_secrets/quickstart/" + action), UTF_8))
        .isEqualTo("{\"PARTNER_SECRET\":\"acme-partner-secret-0123456789abcdef0123456789\"}");
    assertThat(database.dump().toString()).doesNotContain("acme-partner-secret-0");
  }

  @Test
  void importedAgainChangesNothingAtAll() {
    Map<String, ?> before = database.dump();

    ImportReport report =
        database
            .importer(Clock.offset(Clock.systemUTC(), Duration.ofDays(1)))
            .importDirectory(
                FILES,
                new ImportOptions(TestDatabase.TENANT, "localhost:8080", Map.of(), true, false));

    assertThat(database.dump()).isEqualTo(before);
    assertThat(report.written()).isZero();
  }

  @Test
  void followsThePort() {
    String grant = database.rows("select id from client_grant").getFirst();

    database
        .importer()
        .importDirectory(
            FILES, new ImportOptions(TestDatabase.TENANT, "localhost:9999", Map.of(), true, false));

    assertThat(database.rows("select domain from tenant")).containsExactly("localhost:9999");
    assertThat(database.rows("select id || ' ' || audience from client_grant"))
        .containsExactly(grant + " http://localhost:9999/api/v2/");
    assertThat(
            database.rows(
                "select identifier from resource_server where payload ->> 'is_system' = 'true'"))
        .containsExactly("http://localhost:9999/api/v2/");
  }

  @Test
  void keepsWhatHappenedToItsUsersSince() {
    database.execute(
        "update user_account set logins_count = 7, last_ip = '192.0.2.1', blocked = true,"
            + " app_metadata = app_metadata || '{\"seen\": true}' where user_id = 'auth0|sam'");
    Map<String, ?> before = database.dump();

    database.importTenant(FILES);

    assertThat(database.dump()).isEqualTo(before);
  }
}
