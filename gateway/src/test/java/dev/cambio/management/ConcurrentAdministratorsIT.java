package dev.cambio.management;

import static dev.cambio.management.Administrator.segment;
import static dev.cambio.management.Administrator.unique;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.cambio.management.Administrator.Response;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@DisplayName("Administrators who change the same things at once")
class ConcurrentAdministratorsIT {
  private static final int ROUNDS = 10;
  private static final int MAX_ROLES = 50;

  private final Administrator admin = Administrator.quickstart();

  /** Makes all calls at the same time. */
  private static List<Response> together(List<Callable<Response>> calls)
      throws ExecutionException, InterruptedException {
    CyclicBarrier start = new CyclicBarrier(calls.size());
    List<Future<Response>> running = new ArrayList<>();
    List<Response> answers = new ArrayList<>();
    try (ExecutorService administrators = Executors.newVirtualThreadPerTaskExecutor()) {
      for (Callable<Response> call : calls) {
        running.add(
            administrators.submit(
                () -> {
                  start.await();
                  return call.call();
                }));
      }
      for (Future<Response> answer : running) {
        answers.add(answer.get());
      }
    }
    return answers;
  }

  private String user() {
    return admin
        .post(
            "/users",
            "{'connection':'Username-Password-Authentication','email':'"
                + unique("u")
                + "@acme.example'}")
        .body()
        .path("user_id")
        .asText();
  }

  private String created(String collection, String body) {
    Response created = admin.post(collection, body);
    assertThat(created.status()).as(created.body().toString()).isIn(200, 201);
    return created.body().path("id").asText();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "/organizations|{'name':'%s'}|{'display_name':'%d'}|{'metadata':{'a':'%d'}}|"
            + "/display_name|/metadata/a",
        "/connections|{'name':'%s','strategy':'oidc'}|{'display_name':'%d'}|"
            + "{'options':{'a':'%d'}}|/display_name|/options/a",
        "/roles|{'name':'%s'}|{'description':'%d'}|{'name':'%s-%d'}|/description|/name",
      })
  @DisplayName("§2.6, §2.8, §2.9 and different fields lose nothing")
  void merge(String collection, String body, String one, String other, String oneAt, String otherAt)
      throws ExecutionException, InterruptedException {
    String name = unique("both");
    String path = collection + "/" + created(collection, body.formatted(name));
    for (int round = 0; round < ROUNDS; round++) {
      String first = one.formatted(round);
      String second = other.contains("%s") ? other.formatted(name, round) : other.formatted(round);

      List<Response> answers =
          together(List.of(() -> admin.patch(path, first), () -> admin.patch(path, second)));

      assertThat(answers).extracting(Response::status).containsExactly(200, 200);
      JsonNode stored = admin.get(path).body();
      assertThat(stored.at(oneAt).asText()).isEqualTo(Integer.toString(round));
      assertThat(stored.at(otherAt).asText()).endsWith(Integer.toString(round));
    }
  }

  @ParameterizedTest
  @CsvSource({"/organizations", "/roles"})
  @DisplayName("§1.2 and the same name: one gets it, the other 409")
  void shareNoName(String collection) throws ExecutionException, InterruptedException {
    for (int round = 0; round < ROUNDS; round++) {
      String one = collection + "/" + created(collection, "{'name':'" + unique("a") + "'}");
      String other = collection + "/" + created(collection, "{'name':'" + unique("b") + "'}");
      String rename = "{'name':'" + unique("same") + "'}";

      List<Response> answers =
          together(List.of(() -> admin.patch(one, rename), () -> admin.patch(other, rename)));

      assertThat(answers).extracting(Response::status).containsExactlyInAnyOrder(200, 409);
    }
  }

  @Test
  @DisplayName("§2.9 members are added while their organization is deleted: 204 or 404, never more")
  void addToWhatIsDeleted() throws ExecutionException, InterruptedException {
    String user = user();
    for (int round = 0; round < ROUNDS; round++) {
      String path =
          "/organizations/" + created("/organizations", "{'name':'" + unique("gone") + "'}");

      List<Response> answers =
          together(
              List.of(
                  () -> admin.delete(path),
                  () -> admin.post(path + "/members", "{'members':['" + user + "']}")));

      assertThat(answers.get(0).status()).isEqualTo(204);
      assertThat(answers.get(1).status()).as(answers.get(1).body().toString()).isIn(204, 404);
    }
    assertThat(admin.get("/users/" + segment(user) + "/organizations").body()).isEmpty();
  }

  @Test
  @DisplayName(
      "§2.7, §2.8 and give a user the fiftieth role: one may, whichever side it comes from")
  void giveTheLastRole() throws ExecutionException, InterruptedException {
    String user = user();
    String held = "/users/" + segment(user) + "/roles";
    List<String> roles = new ArrayList<>();
    for (int i = 0; i < MAX_ROLES + 1; i++) {
      roles.add(created("/roles", "{'name':'" + unique("many") + "'}"));
    }
    List<String> last = roles.subList(MAX_ROLES - 1, MAX_ROLES + 1);
    String first = String.join("','", roles.subList(0, MAX_ROLES - 1));
    assertThat(admin.post(held, "{'roles':['" + first + "']}").status()).isEqualTo(204);
    for (int round = 0; round < ROUNDS; round++) {
      List<Response> answers =
          together(
              List.of(
                  () -> admin.post(held, "{'roles':['" + last.get(0) + "']}"),
                  () ->
                      admin.post(
                          "/roles/" + last.get(1) + "/users", "{'users':['" + user + "']}")));

      assertThat(answers)
          .extracting(Response::status)
          .satisfiesExactlyInAnyOrder(
              given -> assertThat(given).isIn(200, 204), full -> assertThat(full).isEqualTo(403));
      admin.delete(held, "{'roles':['" + String.join("','", last) + "']}");
    }
  }

  @Test
  @DisplayName("§2.8 a permission is given while its scope is taken away: none is left behind")
  void permitWhatIsTakenAway() throws ExecutionException, InterruptedException {
    for (int round = 0; round < ROUNDS; round++) {
      String identifier = "https://" + unique("api") + ".example/";
      String api =
          "/resource-servers/"
              + created(
                  "/resource-servers",
                  "{'identifier':'" + identifier + "','scopes':[{'value':'read:x'}]}");
      String permissions =
          "/roles/" + created("/roles", "{'name':'" + unique("r") + "'}") + "/permissions";
      String permission =
          "{'permissions':[{'resource_server_identifier':'"
              + identifier
              + "','permission_name':'read:x'}]}";

      List<Response> answers =
          together(
              List.of(
                  () -> admin.patch(api, "{'scopes':[]}"),
                  () -> admin.post(permissions, permission)));

      assertThat(answers.get(0).status()).isEqualTo(200);
      assertThat(answers.get(1).status()).isIn(201, 400);
      assertThat(admin.get(permissions).body()).isEmpty();
    }
  }
}
