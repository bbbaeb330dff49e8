package dev.cambio.management;

import static dev.cambio.management.Administrator.segment;
import static dev.cambio.management.Administrator.unique;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.cambio.management.Administrator.Response;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@DisplayName("Lists of users, contract management-api §1.3, §2.7")
class UserListsIT {
  private static final Administrator ADMIN = Administrator.quickstart();
  private static final String GROUP = unique("group");
  private static final int SIZE = 7;

  @BeforeAll
  static void create() {
    for (int i = 0; i < SIZE; i++) {
      Response created =
          ADMIN.post(
              "/users",
              "{'connection':'Username-Password-Authentication','email':'%s%d@acme.example','name':'N%d','app_metadata':{'group':'%s','n':%d}}"
                  .formatted(GROUP, i, SIZE - i, GROUP, i));
      assertThat(created.status()).isEqualTo(201);
    }
  }

  private static String q(String query) {
    return "q=" + segment(query);
  }

  private static final String OURS = q("app_metadata.group:\"" + GROUP + "\"");

  private static List<String> texts(JsonNode users, String member) {
    List<String> texts = new ArrayList<>();
    users.forEach(user -> texts.add(user.path(member).asText()));
    return texts;
  }

  @Test
  @DisplayName("§1.3 without totals a bare array, with totals start, limit, length, total, users")
  void totals() {
    assertThat(ADMIN.get("/users?" + OURS).body()).hasSize(SIZE);

    JsonNode page = ADMIN.get("/users?" + OURS + "&include_totals=true&per_page=3&page=2").body();

    assertThat(page.path("start").asInt()).isEqualTo(6);
    assertThat(page.path("limit").asInt()).isEqualTo(3);
    assertThat(page.path("length").asInt()).isEqualTo(1);
    assertThat(page.path("total").asInt()).isEqualTo(SIZE);
    assertThat(page.path("users")).hasSize(1);
    assertThat(page.size()).isEqualTo(5);
    JsonNode past = ADMIN.get("/users?" + OURS + "&include_totals=true&page=9").body();
    assertThat(past.path("users")).isEmpty();
    assertThat(past.path("total").asInt()).isEqualTo(SIZE);
  }

  @Test
  @DisplayName("§1.3 pages neither overlap nor skip")
  void pages() {
    Set<String> seen = new HashSet<>();
    for (int page = 0; page < SIZE; page++) {
      seen.addAll(
          texts(
              ADMIN.get("/users?" + OURS + "&sort=last_login:-1&per_page=1&page=" + page).body(),
              "user_id"));
      seen.addAll(
          texts(ADMIN.get("/users?" + OURS + "&per_page=1&page=" + page).body(), "user_id"));
    }
    assertThat(seen).hasSize(SIZE);
  }

  @Test
  @DisplayName("§2.7 sort takes field:1 and field:-1")
  void sorts() {
    List<String> up = texts(ADMIN.get("/users?" + OURS + "&sort=name:1").body(), "name");
    List<String> down = texts(ADMIN.get("/users?" + OURS + "&sort=name:-1").body(), "name");

    assertThat(up).containsExactly("N1", "N2", "N3", "N4", "N5", "N6", "N7");
    assertThat(down).isEqualTo(up.reversed());
    assertThat(ADMIN.get("/users?sort=app_metadata.n:1").message())
        .isEqualTo("Query validation error: 'cannot sort by 'app_metadata.n'' on property sort.");
  }

  @Test
  @DisplayName("§1.3 fields are included or excluded")
  void fields() {
    JsonNode included = ADMIN.get("/users?" + OURS + "&fields=user_id,name").body().get(0);
    assertThat(included.size()).isEqualTo(2);
    JsonNode excluded =
        ADMIN.get("/users?" + OURS + "&fields=identities,email&include_fields=false").body().get(0);
    assertThat(excluded.has("identities")).isFalse();
    assertThat(excluded.has("name")).isTrue();
    JsonNode one = ADMIN.get("/users/auth0%7Cjane?fields=email").body();
    assertThat(one.toString()).isEqualTo("{\"email\":\"jane@acme.example\"}");
  }

  @ParameterizedTest
  @CsvSource({"page=10&per_page=100", "page=1000&per_page=1", "page=33&per_page=30"})
  @DisplayName("§1.3 beyond the first 1000 users: 400")
  void window(String paging) {
    Response refused = ADMIN.get("/users?" + paging);

    assertThat(refused.status()).isEqualTo(400);
    assertThat(refused.message())
        .isEqualTo(
            "You can only page through the first 1000 records. See"
                + " https://auth0.com/docs/users/search/v3/view-search-results-by-page#limitation");
    assertThat(ADMIN.get("/users?page=9&per_page=100").status()).isEqualTo(200);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '!',
      quoteCharacter = '~',
      value = {
        "q=(a!'a parenthesis is not closed' on property q.",
        "q=nope:1!'unknown search field 'nope'' on property q.",
        "q=name:%22a%00%22!'Object didn't pass validation for format utf-8'.",
        "search_engine=v2!'No enum match, expected one of: v3' on property search_engine.",
        "sort=name!'sort must be 'field:1' or 'field:-1'' on property sort.",
      })
  @DisplayName("§1.2 queries that cannot be understood: 400 invalid_query_string")
  void badQueries(String query, String detail) {
    Response refused = ADMIN.get("/users?" + query);

    assertThat(refused.status()).isEqualTo(400);
    assertThat(refused.errorCode()).isEqualTo("invalid_query_string");
    assertThat(refused.message()).isEqualTo("Query validation error: " + detail);
  }

  @Test
  @DisplayName("§2.7 what a client of today sends is accepted")
  void acceptsWhatClientsSend() {
    Response answer =
        ADMIN.get(
            "/users?page=0&per_page=50&include_totals=true&search_engine=v3&primary_order=true"
                + "&connection=Username-Password-Authentication&sort=created_at:-1&"
                + q("email:" + GROUP + "* AND NOT blocked:true"));

    assertThat(answer.status()).isEqualTo(200);
    assertThat(answer.body().path("total").asInt()).isEqualTo(SIZE);
    assertThat(ADMIN.get("/users?connection=acme-idp&" + OURS).body()).isEmpty();
  }

  @Test
  @DisplayName("§2.7 users by email: a bare array, and case matters")
  void byEmail() {
    String email = GROUP + "3@acme.example";

    JsonNode users = ADMIN.get("/users-by-email?email=" + email + "&fields=email,name").body();

    assertThat(users).hasSize(1);
    assertThat(users.get(0).size()).isEqualTo(2);
    assertThat(users.get(0).path("email").asText()).isEqualTo(email);
    assertThat(users.get(0).path("name").asText()).isEqualTo("N4");
    assertThat(ADMIN.get("/users-by-email?email=G" + email.substring(1)).body()).isEmpty();
    assertThat(ADMIN.get("/users-by-email").status()).isEqualTo(400);
    assertThat(ADMIN.get("/users-by-email?email=%27%20or%201=1").body()).isEmpty();
  }
}
