package dev.cambio.gateway.files;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import com.fasterxml.jackson.core.json.JsonWriteFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class TenantImporterIT {
  private static TestDatabase database;

  @TempDir Path path;
  private TenantDirectory files = new TenantDirectory(Path.of(""));

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
    files = TenantDirectory.valid(path);
  }

  private ImportReport importTenant() {
    return database.importTenant(path);
  }

  private String payload(String table) {
    return database.rows("select payload::text from " + table).getFirst();
  }

  private static String one(String sql) {
    return database.rows(sql).getFirst();
  }

  private void refuses(String message) {
    assertThatExceptionOfType(TenantImportException.class)
        .isThrownBy(this::importTenant)
        .withMessage(path.resolve("tenant.yaml") + message);
  }

  /** {@code -Dcambio.fuzz.trees} for more. */
  @Test
  @DisplayName("§4 whatever the files hold, it is imported, or told by file and place")
  void takesOrRefusesAnyTree() throws IOException {
    files.append(
        """
        roles:
          - name: support
            permissions: [{permission_name: read, resource_server_identifier: https://api.example}]
        organizations:
          - name: acme
            display_name: Acme
            metadata: {tier: gold}
            connections: [{name: users, assign_membership_on_login: true}]
            client_grants: [{client_id: app}]
        connections:
          - {name: idp, strategy: oidc, enabled_clients: [app], options: {client_id: x}}
        attackProtection:
          suspiciousIpThrottling: {allowlist: [203.0.113.0/24]}
        tenant: {friendly_name: Acme, flags: {a: true}}
        """);
    ObjectNode tree = (ObjectNode) new YAMLMapper().readTree(path.resolve("tenant.yaml").toFile());
    JsonMapper ascii = JsonMapper.builder().enable(JsonWriteFeature.ESCAPE_NON_ASCII).build();
    MutatedTree mutated = new MutatedTree(new SplittableRandom(7));
    int refused = 0;
    int trees = Integer.getInteger("cambio.fuzz.trees", 10);
    for (int i = 0; i < trees; i++) {
      // The first one is as it should be, and taken.
      ObjectNode given = i == 0 ? tree : mutated.of(tree);
      files.write("tenant.yaml", ascii.writeValueAsString(given));
      try {
        importDry();
      } catch (TenantImportException refusal) {
        refused++;
        assertThat(String.valueOf(refusal.getMessage()).lines())
            .as(given.toString())
            .isNotEmpty()
            .allMatch(line -> line.startsWith(path.toString()) && line.length() < 1500);
      }
    }
    assertThat(refused).isBetween(1, trees - 1);
  }

  @ParameterizedTest
  @ValueSource(strings = {"1e308", "-2.5e-308", "123456789012345678901234567890"})
  @DisplayName("§4 a number of any size can be read again")
  void keepsNumbers(String number) throws IOException {
    files.append("connections: [{name: idp, strategy: oidc, options: {n: " + number + "}}]\n");
    importTenant();

    assertThat(importTenant().written()).isZero();
    assertThat(one("select name from connection where payload #> '{options,n}' is not null"))
        .isEqualTo("idp");
  }

  @ParameterizedTest
  @CsvSource({"[,100,]", "9,500,''"})
  @DisplayName("§4 what JSON would be refused for is refused in YAML, and is not stored")
  void boundsValues(String piece, int times, String end) throws IOException {
    String value = piece.repeat(times) + (end.isEmpty() ? "" : end.repeat(times));
    files.append("connections: [{name: idp, strategy: oidc, options: {n: " + value + "}}]\n");

    assertThatExceptionOfType(TenantImportException.class)
        .isThrownBy(this::importTenant)
        .withMessageStartingWith(path.resolve("tenant.yaml") + ":");
    assertThat(database.rows("select id from tenant")).isEmpty();
  }

  private void importDry() {
    database
        .importer()
        .importDirectory(
            path, new ImportOptions(TestDatabase.TENANT, "localhost:8080", Map.of(), true, true));
  }

  @Nested
  class WithPackagesAndModules {
    @Test
    void waitsForBuildsAndDeploysThem() throws IOException {
      files.change(
          "name: exchange\n",
          """
          name: exchange
              dependencies: [{name: ms, version: latest}]
              modules: [{module_name: shared}]
          """);
      files.write("shared.js", "module.exports = require('ms/index.js')(1000);\n");
      files.append(
          "actionModules: [{name: shared, code: ./shared.js,"
              + " dependencies: [{name: ms, version: 2.1.3}]}]\n");

      importTenant();

      assertThat(
              database.rows(
                  """
                  select (a.draft #>> '{dependencies,0,version}' ~ '^[0-9.]+$') || ' ' || b.status
                    || ' ' || c.source from action a
                  join action_version v on v.id = a.deployed_version_id
                  join action_build b on b.id = v.build_id
                  join action_code c on c.content_hash = v.program_hash
                  where a.name = 'exchange'
                  """))
          .singleElement()
          .asString()
          .startsWith("true built //cambio program")
          .contains("packages:actions:shared", "module.exports = require('ms/index.js')(1000);");
      Map<String, List<String>> before = database.dump();
      assertThat(importTenant().written()).isZero();
      assertThat(database.dump()).isEqualTo(before);
    }

    @Test
    void refusesWhatIsNotThere() throws IOException {
      files.change("name: exchange\n", "name: exchange\n    modules: [{module_name: none}]\n");

      refuses(": actions[0].modules[0].module_name: no module named 'none'");
    }
  }

  @Nested
  class Repeated {
    @Test
    void changesNothing() {
      importTenant();
      Map<String, List<String>> before = database.dump();

      assertThat(importTenant().written()).isZero();
      assertThat(database.dump()).isEqualTo(before);
    }

    @Test
    void withSecretsInAnotherOrderChangesNothing() throws IOException {
      importTenant();
      Map<String, List<String>> before = database.dump();

      files.change(
          "{name: KEY, value: one}, {name: OTHER, value: two}",
          "{name: OTHER, value: two}, {name: KEY, value: one}");
      importTenant();

      assertThat(database.dump()).isEqualTo(before);
    }

    @Test
    void withNewCodeDeploysTheNextVersion() throws IOException {
      importTenant();
      String id = one("select id from action where name = 'exchange'");

      files.write("actions/exchange.js", "exports.onExecuteCustomTokenExchange = async () => {};");
      importTenant();

      assertThat(
              database.rows(
                  "select a.id || ' ' || v.number || ' ' || c.source from action a"
                      + " join action_version v on v.id = a.deployed_version_id"
                      + " join action_code c on c.content_hash = v.content_hash"
                      + " where a.name = 'exchange'"))
          .containsExactly(id + " 2 exports.onExecuteCustomTokenExchange = async () => {};");
      assertThat(database.rows("select count(*) from action_version")).containsExactly("3");
    }

    @Test
    void withNewSecretsDeploysTheNextVersion() throws IOException {
      importTenant();

      files.change("value: one", "value: three");
      importTenant();

      assertThat(
              database.rows(
                  "select v.number from action a join action_version v"
                      + " on v.id = a.deployed_version_id where a.name = 'exchange'"))
          .containsExactly("2");
    }

    @Test
    void withoutValuesKeepsStoredSecrets() throws IOException {
      importTenant();
      Map<String, List<String>> before = database.dump();

      files.change("{name: KEY, value: one}", "{name: KEY}");
      files.change("    client_secret: app-secret-0123456789\n", "");
      importTenant();

      assertThat(database.dump()).isEqualTo(before);
    }

    @Test
    void withoutASectionLeavesItAlone() throws IOException {
      files.append(
          """
          tenant: {friendly_name: Acme, flags: {a: true}}
          attackProtection:
            suspiciousIpThrottling: {stage: {pre-custom-token-exchange: {max_attempts: 5}}}
          """);
      importTenant();

      files.write("tenant.yaml", "tenant: {flags: {b: false}}");
      importTenant();

      assertThat(one("select settings::text from tenant"))
          .isEqualTo(
              "{\"flags\": {\"a\": true, \"b\": false}, \"friendly_name\": \"Acme\","
                  + " \"attack_protection\": {\"suspiciousIpThrottling\": {\"stage\":"
                  + " {\"pre-custom-token-exchange\": {\"max_attempts\": 5}}}}}");
      assertThat(database.rows("select name from action")).hasSize(3);
    }

    @Test
    void keepsIdsOfBindingsThatMove() throws IOException {
      importTenant();
      String binding = one("select id from trigger_binding");

      files.change("name: draft\n", "name: draft\n    deployed: true\n");
      files.change("action_name: enrich\n", "action_name: draft\n    - action_name: enrich\n");
      importTenant();

      assertThat(database.rows("select id from trigger_binding where position = 1"))
          .containsExactly(binding);
    }

    @Test
    void keepsWhatActionsAndAdministratorsDidToUsers() throws IOException {
      importTenant();
      database.execute(
          "update user_account set blocked = true, logins_count = 3,"
              + " app_metadata = app_metadata || '{\"seen\": 1}'");

      files.change("plan: gold", "plan: silver");
      importTenant();

      assertThat(
              database.rows(
                  "select blocked || ' ' || logins_count || ' ' || app_metadata::text"
                      + " from user_account"))
          .containsExactly("true 3 {\"plan\": \"silver\", \"seen\": 1}");
    }

    @Test
    void followsAnEmailThatChanges() throws IOException {
      importTenant();
      assertThat(database.rows("select value from user_identifier"))
          .containsExactly("jane@acme.example");

      files.change("Jane@acme.example", "doe@acme.example");
      importTenant();

      assertThat(database.rows("select value from user_identifier"))
          .containsExactly("doe@acme.example");
    }
  }

  @Nested
  class Defaults {
    @Test
    void ofAClientAreThoseOfTheManagementApi() {
      importTenant();

      assertThat(payload("client"))
          .isEqualTo(
              "{\"grant_types\": [], \"is_first_party\": true, \"client_metadata\": {},"
                  + " \"oidc_conformant\": false, \"jwt_configuration\": {\"alg\": \"RS256\","
                  + " \"lifetime_in_seconds\": 36000}, \"organization_usage\": \"deny\","
                  + " \"token_endpoint_auth_method\": \"client_secret_post\","
                  + " \"is_token_endpoint_ip_header_trusted\": false}");
    }

    @Test
    void fillWhatAConfigurationOmits() throws IOException {
      files.change("name: app\n", "name: app\n    jwt_configuration: {lifetime_in_seconds: 60}\n");
      importTenant();

      assertThat(one("select payload ->> 'jwt_configuration' from client"))
          .isEqualTo("{\"alg\": \"RS256\", \"lifetime_in_seconds\": 60}");
    }

    @Test
    void makeASinglePageAppPublic() throws IOException {
      files.change("    client_secret: app-secret-0123456789\n", "    app_type: spa\n");
      importTenant();

      assertThat(
              database.rows(
                  "select payload ->> 'token_endpoint_auth_method' || (sealed_secret is null)"
                      + " from client"))
          .containsExactly("nonetrue");
    }

    @Test
    void makeIdsAndSecrets() throws IOException {
      files.change("    client_secret: app-secret-0123456789\n", "");
      files.change("name: API\n", "name: API\n    signing_alg: HS256\n");
      importTenant();

      String clientId = one("select client_id from client");
      assertThat(clientId).matches("[A-Za-z0-9]{32}");
      byte[] secret = database.bytes("select sealed_secret from client");
      assertThat(
              new String(
                  TestDatabase.SEAL.open(secret, "client_secret/quickstart/" + clientId), UTF_8))
          .matches("[A-Za-z0-9_-]{64}");
      assertThat(one("select id from token_exchange_profile")).matches("tep_[A-Za-z0-9]{16}");
      assertThat(one("select id from client_grant")).matches("cgr_[A-Za-z0-9]{16}");
      assertThat(one("select id from connection")).matches("con_[A-Za-z0-9]{16}");
      assertThat(one("select id from resource_server")).matches("[0-9a-f]{24}");
      assertThat(
              database.rows(
                  "select identifier from resource_server where sealed_signing_secret is not null"))
          .containsExactly("https://api.example");
      assertThat(one("select supported_triggers::text from action where name = 'exchange'"))
          .isEqualTo("[{\"id\": \"custom-token-exchange\", \"version\": \"v1\"}]");
    }
  }

  @Nested
  class Refused {
    @ParameterizedTest
    @CsvSource(
        delimiter = '|',
        quoteCharacter = '`',
        textBlock =
            """
                    action: exchange | action: x | : tokenExchangeProfiles[0].action: no Action named 'x'
                    action: exchange | action: draft | : tokenExchangeProfiles[0].action: the Action 'draft' is not deployed
                    action: exchange | action: enrich | : tokenExchangeProfiles[0].action: the Action 'enrich' does not support custom-token-exchange
                    type: custom_authentication | type: other | : tokenExchangeProfiles[0]: Type field must be custom
                    name: partner | name: p | : tokenExchangeProfiles[0].name: String is too short (1 chars), minimum 3
                    urn:acme:partner | urn:ietf:x | : tokenExchangeProfiles[0].subject_token_type: subject_token_type uses a reserved namespace
                    action_name: enrich | action_name: draft | : triggers.post-login[0].action_name: the Action 'draft' is not deployed
                    enabled_clients: [app] | enabled_clients: [x] | : databases[0].enabled_clients: no client named 'x'
                    client_id: app | client_id: x | : clientGrants[0].client_id: no client named 'x'
                    audience: https://api.example | audience: https://x.example | : clientGrants[0]: Resource server not found
                    scope: [read] | scope: [write] | : clientGrants[0]: Payload validation error: scope must be a subset of resource server scopes
                    connection: users | connection: x | : x-users[0].connection: no connection named 'x'
                    client_secret: app-secret-0123456789 | secret: x | : clients[0]: Additional properties not allowed: secret
                    client_secret: app-secret-0123456789 | oidc_conformant: yes please | : clients[0].oidc_conformant: Expected type boolean, null but found type string
                    client_secret: app-secret-0123456789 | token_exchange: {allow_any_profile_of_type: [any]} | : clients[0].token_exchange.allow_any_profile_of_type[0]: No enum match, expected one of: custom_authentication, on_behalf_of_token_exchange
                    name: API | token_lifetime: -1 | : resourceServers[0].token_lifetime: Value -1 is less than minimum 0
                    scopes: [{value: read}] | scopes: [{value: read}, {value: read}] | : resourceServers[0]: Payload validation error: 'Scope is given more than once: read'.
                    ./actions/exchange.js | ./actions/x.js | : actions[0].code: there is no file './actions/x.js'
                    ./actions/exchange.js | ../x.js | : actions[0].code: '../x.js' leads out of the tenant's directory
                    id: custom-token-exchange | id: login | : actions[0].supported_triggers[0].id: No enum match, expected one of: post-login, credentials-exchange, pre-user-registration, post-user-registration, post-change-password, send-phone-message, custom-phone-provider, custom-email-provider, password-reset-post-challenge, custom-token-exchange, event-stream, password-hash-migration, login-post-identifier, signup-post-identifier
                    value: one | valeur: one | : actions[0].secrets[0]: Additional properties not allowed: valeur
            """)
    void wherePlaceAndReasonAreNamed(String from, String to, String message) throws IOException {
      files.change(from, to);

      refuses(message);
    }

    @Test
    void forPackagesThatAreNotThere() throws IOException {
      files.change(
          "name: exchange\n",
          """
          name: exchange
              dependencies: [{name: cambio-has-no-such-package, version: 1.0.0}]
          """);

      assertThatExceptionOfType(TenantImportException.class)
          .isThrownBy(this::importAgain)
          .withMessageStartingWith(
              path.resolve("tenant.yaml") + ": actions[0].code: ./actions/exchange.js: ")
          .withMessageContaining("Cannot find module 'cambio-has-no-such-package'");
    }

    private void importAgain() {
      importTenant();
    }

    @Test
    void withALineForEachFaultAndNoneForItsConsequences() throws IOException {
      files.change("client_secret: app-secret-0123456789", "secret: x");
      files.change("urn:acme:partner", "urn:ietf:x");

      refuses(
          ": clients[0]: Additional properties not allowed: secret\n"
              + path.resolve("tenant.yaml")
              + ": tokenExchangeProfiles[0].subject_token_type: subject_token_type uses a reserved"
              + " namespace");
    }

    @Test
    void leavesNothingBehind() throws IOException {
      files.change("connection: users", "connection: x");

      refuses(": x-users[0].connection: no connection named 'x'");

      assertThat(database.dump().values()).allMatch(List::isEmpty);
    }

    @Test
    void changesNothingOfWhatIsThere() throws IOException {
      importTenant();
      Map<String, List<String>> before = database.dump();

      files.change("name: API", "name: Renamed");
      files.change("connection: users", "connection: x");

      refuses(": x-users[0].connection: no connection named 'x'");
      assertThat(database.dump()).isEqualTo(before);
    }

    @Test
    void forADomainOfAnotherTenant() {
      importTenant();

      assertThatExceptionOfType(TenantImportException.class)
          .isThrownBy(
              () ->
                  database
                      .importer(Clock.systemUTC())
                      .importDirectory(
                          path, new ImportOptions("other", "localhost:8080", Map.of())))
          .withMessage(
              path.resolve("tenant.yaml")
                  + ": the host 'localhost:8080' belongs to another tenant");
    }

    @Test
    void forPublishedSecretsOutsideTheQuickstart() throws IOException {
      files.change("app-secret-0123456789", "quickstart-app-secret-0123456789abcdef");

      assertThatExceptionOfType(TenantImportException.class)
          .isThrownBy(
              () ->
                  database
                      .importer()
                      .importDirectory(path, new ImportOptions("t", "t.example", Map.of())))
          .withMessage(
              path.resolve("tenant.yaml")
                  + ": clients[0].client_secret: is the published secret of the quickstart tenant;"
                  + " use one of your own");
    }

    @Test
    void forAnEmailOfAnotherUser() throws IOException {
      files.append(
          """
            - user_id: auth0|joan
              connection: users
              email: jane@acme.example
          """);

      refuses(": x-users[1]: The user already exists.");
    }
  }

  @Test
  void importsOfOneTenantFollowEachOther() {
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      CompletableFuture<?>[] imports =
          Stream.generate(() -> CompletableFuture.runAsync(this::importTenant, threads))
              .limit(4)
              .toArray(CompletableFuture[]::new);
      CompletableFuture.allOf(imports).join();
    }

    assertThat(database.rows("select number from action_version")).containsOnly("1").hasSize(2);
    assertThat(database.rows("select kid from signing_key")).hasSize(6);
  }

  @Test
  void warnsOfSectionsItDoesNotManage() throws IOException {
    files.append("emailTemplates: [{template: x}]\nroles: []\n");

    assertThat(importTenant().warnings())
        .containsExactly("emailTemplates (not supported by this version)");
  }
}
