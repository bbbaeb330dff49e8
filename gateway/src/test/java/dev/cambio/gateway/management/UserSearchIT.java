package dev.cambio.gateway.management;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.cambio.gateway.search.SearchException;
import dev.cambio.gateway.search.SearchQuery;
import dev.cambio.gateway.search.SqlCondition;
import java.io.IOException;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@DisplayName("User search against PostgreSQL, contract management-api §2.7")
class UserSearchIT {
  private static UserDatabase users;

  @BeforeAll
  static void start() throws IOException {
    users = new UserDatabase();
    insert(
        "auth0|jane",
        """
        {"email":"Jane@Acme.example","email_verified":true,"name":"Jane Smith","username":"JaneS"}
        """,
        """
        {"plan":"gold","level":42,"vip":true,"roles":["admin","editor"],"none":null,"empty":{},
         "list":[],"odd key":"x","a\\"b":"quoted","sub":{"deep":{"er":"yes"}}}
        """,
        """
        {"addresses":[{"city":"Paris"},{"city":"Rome"}],"plan":"silver"}
        """,
        "true, 12, '2024-05-17T10:11:12.345Z', '10.0.0.1', '2024-01-02T03:04:05.678Z'");
    insert(
        "auth0|sam",
        """
        {"email":"sam@other.example","name":"100%_\\\\ sure","nickname":"o'sam"}
        """,
        "{\"plan\":\"Gold\",\"level\":\"42\"}",
        "{}",
        "false, 0, null, null, '2023-12-31T23:59:59.999Z'");
    insert(
        "oidc|acme|kim", "{\"name\":\"Ünal\"}", "{}", "{}", "false, 3, null, null, '2025-06-01'");
    users.execute(
        """
        insert into user_identity
          (tenant_id, connection, identity_user_id, user_id, position, payload)
        values ('acme', 'db', 'jane', 'auth0|jane', 0, '{"provider":"auth0"}'),
               ('acme', 'google', '77', 'auth0|jane', 1, '{"provider":"google-oauth2"}'),
               ('acme', 'db', 'sam', 'auth0|sam', 0, '{"provider":"auth0"}'),
               ('acme', 'acme', 'acme|kim', 'oidc|acme|kim', 0, '{"provider":"oidc"}')
        """);
    users.execute(
        """
        insert into user_account (tenant_id, user_id, profile)
        values ('other', 'auth0|jane', '{"email":"jane@acme.example"}')
        """);
  }

  @AfterAll
  static void stop() throws IOException {
    users.close();
  }

  private static void insert(String id, String profile, String app, String user, String rest) {
    users.execute(
        """
        insert into user_account (tenant_id, user_id, profile, app_metadata, user_metadata,
                                  blocked, logins_count, last_login, last_ip, created_at)
        values ('acme', '%s', '%s', '%s', '%s', %s)
        """
            .formatted(id, profile.replace("'", "''"), app, user, rest));
  }

  private static String found(String query) {
    SqlCondition condition = UserSearch.FIELDS.condition(SearchQuery.parse(query), 1);
    List<String> ids =
        users.call(
            () ->
                users
                    .database()
                    .list(
                        UserDatabase.TENANT,
                        "select u.user_id from user_account u where u.tenant_id = $1 and "
                            + condition.sql()
                            + " order by u.user_id",
                        row -> row.getString(0).replaceFirst(".*\\|", ""),
                        condition.parameters().toArray()));
    return String.join(" ", ids);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '!',
      quoteCharacter = '~',
      value = {
        // exact, and which fields mind case
        "email:\"jane@acme.example\"!jane",
        "email:JANE@ACME.EXAMPLE!jane",
        "name:\"jane smith\"!jane",
        "name:jane!~~",
        "name:ünal!kim",
        "username:janes!~~",
        "username:JaneS!jane",
        "user_id:auth0|jane!jane",
        "user_id:AUTH0|JANE!~~",
        "email.domain:acme.EXAMPLE!jane",
        // without a field
        "\"Jane Smith\"!jane",
        "jane* OR kim!jane",
        "auth0|*!jane sam",
        // wildcards
        "name:JAN*!jane",
        "name:*ITH!jane",
        "name:*ane sm*!~~",
        "name:*ne\\ sm*!jane",
        "user_id:oidc|*!kim",
        "last_ip:10.*!jane",
        // what means something to LIKE
        "name:100%*!sam",
        "name:%*!~~",
        "name:_*!~~",
        "name:*%_\\\\*!sam",
        "name:\"100%_\\\\ sure\"!sam",
        "nickname:o'sam!sam",
        // existence and negation
        "_exists_:email!jane sam",
        "NOT _exists_:email!kim",
        "nickname:*!sam",
        "NOT email:\"jane@acme.example\"!sam kim",
        "name:j* NOT blocked:true!~~",
        "*!jane sam kim",
        // flags
        "blocked:true!jane",
        "blocked:false!sam kim",
        "email_verified:false!sam kim",
        // numbers
        "logins_count:12!jane",
        "logins_count:[3 TO 12]!jane kim",
        "logins_count:{3 TO 12]!jane",
        "logins_count:{3 TO 12}!~~",
        "logins_count:[* TO 3}!sam",
        "logins_count:[-5 TO *]!jane sam kim",
        // dates
        "created_at:2024!jane",
        "created_at:[2024 TO *]!jane kim",
        "created_at:{2024 TO *]!kim",
        "created_at:[* TO 2023-12-31]!sam",
        "created_at:[* TO 2023-12-31}!~~",
        "created_at:\"2024-01-02T03:04:05.678Z\"!jane",
        "created_at:[2024-01-02T05:04+02:00 TO 2024-01-02T03:04:05]!jane",
        "last_login:[2024-05-17 TO 2024-05-17]!jane",
        "_exists_:last_login!jane",
        // texts in ranges
        "user_id:[auth0|k TO auth0|z]!sam",
        // identities
        "identities.connection:google!jane",
        "identities.connection:db!jane sam",
        "NOT identities.connection:db!kim",
        "identities.user_id:acme|*!kim",
        "identities.provider:google-oauth2!jane",
        "_exists_:identities.provider!jane sam kim",
        // metadata
        "app_metadata.plan:gold!jane",
        "app_metadata.plan:GOLD!~~",
        "user_metadata.plan:silver!jane",
        "app_metadata.level:42!jane sam",
        "app_metadata.level:\"42.0\"!jane",
        "app_metadata.vip:true!jane",
        "app_metadata.roles:editor!jane",
        "app_metadata.roles:edit!~~",
        "user_metadata.addresses.city:Paris!jane",
        "user_metadata.addresses.city:(Rome Oslo)!jane",
        "app_metadata.sub.deep.er:yes!jane",
        "app_metadata.odd\\ key:x!jane",
        "app_metadata.a\\\"b:quoted!jane",
        "_exists_:app_metadata.plan!jane sam",
        "_exists_:app_metadata.none!~~",
        "_exists_:app_metadata.list!~~",
        "_exists_:app_metadata.empty!~~",
        "_exists_:app_metadata.sub!jane",
        "_exists_:app_metadata.roles!jane",
        // precedence
        "blocked:true OR logins_count:0 AND email_verified:true!jane",
        "(blocked:true OR logins_count:0) AND email_verified:false!sam",
        "email:a logins_count:3!kim",
      })
  @DisplayName("§2.7 queries find")
  void finds(String query, String ids) {
    List<String> expected = ids.isEmpty() ? List.of() : List.of(ids.split(" "));
    assertThat(found(query)).isEqualTo(String.join(" ", sorted(expected)));
  }

  private static List<String> sorted(List<String> names) {
    return List.of("jane", "sam", "kim").stream().filter(names::contains).toList();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '!',
      quoteCharacter = '~',
      value = {
        "emial:x!unknown search field 'emial'",
        "_exists_:identities!unknown search field 'identities'",
        "metadata.x:y!unknown search field 'metadata.x'",
        "app_metadata:x!'app_metadata' needs the path of a property, e.g. app_metadata.x",
        "app_metadata.a..b:x!not a path of a property: 'app_metadata.a..b'",
        "app_metadata.a.b.c.d.e.f.g.h.i.j.k:x!not a path of a property:"
            + " 'app_metadata.a.b.c.d.e.f.g.h.i.j.k'",
        "app_metadata.plan:go*!no wildcards on 'app_metadata.plan'",
        "user_metadata.plan:[a TO b]!no ranges on metadata: 'user_metadata.plan'",
        "[a TO b]!a range needs a field",
        "blocked:yes!'blocked' is either true or false",
        "blocked:tr*!'blocked' is either true or false",
        "logins_count:many!'logins_count' needs a whole number of at most 18 digits, not 'many'",
        "logins_count:9999999999999999999!'logins_count' needs a whole number of at most 18"
            + " digits, not '9999999999999999999'",
        "logins_count:1*!no wildcards on 'logins_count'",
        "created_at:20*!no wildcards on 'created_at'",
        "created_at:[x TO *]!'created_at' needs a date in ISO 8601, not 'x'",
      })
  @DisplayName("§2.7 queries that fields do not support are refused")
  void refuses(String query, String message) {
    assertThatExceptionOfType(SearchException.class)
        .isThrownBy(() -> found(query))
        .withMessage(message);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "x' or '1'='1",
        "x'; drop table user_account; --",
        "$1",
        "$9999",
        "?",
        "x\\",
        "\\'",
        "{\"a\":1}",
        "\") || (@ == \"gold",
        "%",
        "_",
        "/**/",
        "😀",
        "999999999999999999999999999999999999999999999999999999999999999999999999999999999999",
        "-0.0000000000000000000000000000000000000000000000000000000000000000000000000001",
        "1e999999999",
      })
  @DisplayName("values and names are never read as SQL, JSON or paths")
  void neverReadsValuesAsCode(String nasty) {
    String quoted = "\"" + nasty.replace("\\", "\\\\").replace("\"", "\\\"") + "\"";
    StringBuilder escaped = new StringBuilder();
    nasty.codePoints().forEach(c -> escaped.append('\\').appendCodePoint(c));
    for (String field :
        List.of("email", "user_id", "identities.user_id", "app_metadata.plan", "email.domain")) {
      assertThat(found(field + ":" + quoted)).as(field).isEmpty();
    }
    assertThat(found(quoted)).isEmpty();
    assertThat(found("name:" + escaped + "*")).isEmpty();
    assertThat(found("_exists_:app_metadata.k" + escaped)).isEmpty();
    assertThat(found("user_metadata.k" + escaped + ":gold")).isEmpty();
    assertThat(found("*")).isEqualTo("jane sam kim");
  }

  @Test
  @DisplayName("whatever is understood is a statement that PostgreSQL accepts")
  void randomQueriesAreStatements() {
    List<String> pieces =
        List.of(
            "name:",
            "email:",
            "app_metadata.a.b:",
            "created_at:",
            "logins_count:",
            "blocked:",
            "_exists_:",
            "identities.provider:",
            "(",
            ")",
            " AND ",
            " OR ",
            " NOT ",
            "true",
            "7",
            "2024-02",
            "[1 TO 2]",
            "{a TO *]",
            "a*",
            "*abc*",
            "\"'\"",
            "\\%",
            "x\u20ac",
            "email",
            "user_metadata.",
            "\"",
            " ",
            "-1",
            "9223372036854775807",
            "0.5");
    Random random = new Random(11);
    int executed = 0;
    for (int i = 0; i < 3000; i++) {
      StringBuilder query = new StringBuilder();
      for (int n = random.nextInt(9); n >= 0; n--) {
        query.append(pieces.get(random.nextInt(pieces.size())));
      }
      try {
        found(query.toString());
        executed++;
      } catch (SearchException e) {
        assertThat(e.getMessage()).isNotBlank();
      }
    }
    assertThat(executed).isGreaterThan(50);
  }

  @Test
  @DisplayName("every sort order is a statement that PostgreSQL accepts")
  void sortsByEveryField() {
    for (String field : UserSearch.SORT.byName().keySet()) {
      for (String direction : List.of("1", "-1")) {
        String order = UserSearch.SORT.orderBy(field + ":" + direction);
        List<String> ids =
            users.call(
                () ->
                    users
                        .database()
                        .list(
                            UserDatabase.TENANT,
                            "select u.user_id from user_account u where u.tenant_id = $1 order by "
                                + order,
                            row -> row.getString(0)));
        assertThat(ids).as(order).hasSize(3);
      }
    }
  }
}
