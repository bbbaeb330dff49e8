package dev.cambio.management;

import static dev.cambio.management.Administrator.segment;
import static dev.cambio.management.Administrator.unique;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.cambio.e2e.Exchanges;
import dev.cambio.e2e.TestNode;
import dev.cambio.management.Administrator.Response;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@DisplayName("Tenant logs, contract management-api §2.11")
class LogsIT {
  private final Administrator admin = Administrator.quickstart();
  private final String subject = unique("log");
  private final String userId = "oidc|acme-idp|" + subject;

  private static List<String> ids(JsonNode logs) {
    List<String> ids = new ArrayList<>();
    logs.forEach(log -> ids.add(log.path("log_id").asText()));
    return ids;
  }

  private Response search(String query) {
    return admin.get("/logs?q=" + segment(query));
  }

  @Test
  @DisplayName("§4.6 a search by type, client_id, user_id and ip sees a new entry at once")
  void searches() {
    Exchanges.partner(subject);

    JsonNode found =
        search(
                "type:\"secte\" AND client_id:\"quickstart-app\" AND user_id:\""
                    + userId
                    + "\" AND ip:\"127.0.0.1\"")
            .body();

    assertThat(found).hasSize(1);
    JsonNode log = found.get(0);
    assertThat(log.path("type").asText()).isEqualTo("secte");
    assertThat(log.path("user_id").asText()).isEqualTo(userId);
    assertThat(log.path("date").asText()).matches("\\d{4}-.*T.*\\.\\d{3}Z");
    assertThat(log.path("log_id").asText()).matches("900\\d{20}");
    assertThat(log.path("_id")).isEqualTo(log.path("log_id"));
    assertThat(log.has("is_mobile")).isFalse();
    assertThat(log.has("isMobile")).isTrue();
    assertThat(admin.get("/logs/" + log.path("log_id").asText()).body()).isEqualTo(log);
    assertThat(search("user_id:\"" + userId + "\" AND type:fecte").body()).isEmpty();
    assertThat(admin.get("/logs?search=user_id:*" + subject).body()).isEqualTo(found);
  }

  @Test
  @DisplayName("§2.11 without totals a bare array, newest first; with totals an object")
  void totals() {
    for (int i = 0; i < 3; i++) {
      Exchanges.partner(subject);
    }
    String query = "/logs?q=" + segment("user_id:\"" + userId + "\"");

    List<String> newestFirst = ids(admin.get(query).body());
    JsonNode page = admin.get(query + "&include_totals=true&per_page=2&page=1").body();

    assertThat(newestFirst).hasSize(3).isSortedAccordingTo((a, b) -> b.compareTo(a));
    assertThat(ids(admin.get(query + "&sort=date:1").body())).isEqualTo(newestFirst.reversed());
    assertThat(page.path("start").asInt()).isEqualTo(2);
    assertThat(page.path("limit").asInt()).isEqualTo(2);
    assertThat(page.path("length").asInt()).isEqualTo(1);
    assertThat(page.path("total").asInt()).isEqualTo(3);
    assertThat(ids(page.path("logs"))).containsExactly(newestFirst.getLast());
    JsonNode some = admin.get(query + "&fields=type,user_id").body().get(0);
    assertThat(some.size()).isEqualTo(2);
  }

  @Test
  @DisplayName("§2.11 a search has at most 1000 results, and pages beyond are empty")
  void window() {
    TestNode.shared()
        .execute(
            """
            insert into tenant_log (tenant_id, date, type, payload)
            select 'quickstart', now(), ?, '{}' from generate_series(1, 1100)
            """,
            subject);
    String query = "/logs?include_totals=true&per_page=100&q=type:" + subject;

    assertThat(admin.get(query + "&page=9").body().path("logs")).hasSize(100);
    assertThat(admin.get(query + "&page=10").body().path("logs")).isEmpty();
    assertThat(admin.get(query).body().path("total").asInt()).isEqualTo(1000);
    assertThat(admin.get("/logs?per_page=30&page=33&q=type:" + subject).body()).hasSize(10);
  }

  @Test
  @DisplayName("§2.11 from a checkpoint: a bare array in order, and a Link to what comes next")
  void checkpoints() {
    Exchanges.partner(subject);
    String first = search("user_id:\"" + userId + "\"").body().get(0).path("log_id").asText();
    for (int i = 0; i < 5; i++) {
      Exchanges.partner(subject);
    }

    List<String> seen = new ArrayList<>();
    String url = "/logs?from=" + first + "&take=2&q=ignored:&page=7";
    Response answer = admin.get(url);
    while (!answer.body().isEmpty()) {
      assertThat(answer.body().isArray()).isTrue();
      assertThat(answer.body().size()).isLessThanOrEqualTo(2);
      for (JsonNode log : answer.body()) {
        if (log.path("user_id").asText().equals(userId)) {
          seen.add(log.path("log_id").asText());
        }
      }
      String last = answer.body().get(answer.body().size() - 1).path("log_id").asText();
      url = "/logs?from=" + last + "&take=2";
      assertThat(answer.headers().firstValue("Link"))
          .contains("<" + TestNode.shared().quickstart() + "api/v2" + url + ">; rel=\"next\"");
      answer = admin.get(url);
    }
    assertThat(answer.headers().firstValue("Link"))
        .contains("<" + TestNode.shared().quickstart() + "api/v2" + url + ">; rel=\"next\"");
    assertThat(seen).hasSize(5).isSorted().doesNotContain(first);
    assertThat(admin.get("/logs?take=3").body()).hasSize(3);
  }

  @ParameterizedTest
  @CsvSource({"from=x", "from=90000000000000000000001x", "from=90099999999999999999999", "from='"})
  @DisplayName("§2.11 a checkpoint that is no log_id: 400")
  void refusesOtherCheckpoints(String query) {
    Response refused = admin.get("/logs?" + query.replace("'", "%27"));

    assertThat(refused.status()).isEqualTo(400);
    assertThat(refused.errorCode()).isEqualTo("invalid_paging");
    assertThat(refused.message())
        .isEqualTo("Query validation error: 'Not a log_id' on property from.");
  }

  @Test
  @DisplayName("§2.11 paging parameters out of range and bad queries: 400")
  void refusesBadQueries() {
    assertThat(admin.get("/logs?take=101").errorCode()).isEqualTo("invalid_paging");
    assertThat(admin.get("/logs?take=0").errorCode()).isEqualTo("invalid_paging");
    assertThat(search("nope:1").message())
        .isEqualTo("Query validation error: 'unknown search field 'nope'' on property q.");
    assertThat(admin.get("/logs?sort=ip:1").errorCode()).isEqualTo("invalid_query_string");
    assertThat(search("user_id:\"' or '1'='1\"").body()).isEmpty();
    assertThat(search("date:[2999 TO *]").body()).isEmpty();
  }

  @Test
  @DisplayName("§2.11 an entry that is not there: 404 Log not found.")
  void unknown() {
    for (String id : List.of("90000000000000000000000", "90099999999999999999999", "x", "'")) {
      Response missing = admin.get("/logs/" + segment(id));

      assertThat(missing.status()).isEqualTo(404);
      assertThat(missing.message()).isEqualTo("Log not found.");
    }
  }

  @Test
  @DisplayName("§2.7 the entries about a user")
  void ofUser() {
    Exchanges.partner(subject);
    Exchanges.partner(subject);

    Response logs = admin.get("/users/" + segment(userId) + "/logs?include_totals=true&per_page=1");

    assertThat(logs.body().path("total").asInt()).isEqualTo(2);
    assertThat(logs.body().path("logs")).hasSize(1);
    assertThat(admin.get("/users/" + segment(userId) + "/logs").body()).hasSize(2);
    assertThat(admin.get("/users/nobody/logs").body()).isEmpty();
  }
}
