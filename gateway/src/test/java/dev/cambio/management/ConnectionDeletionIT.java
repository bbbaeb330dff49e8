package dev.cambio.management;

import static dev.cambio.management.Administrator.segment;
import static dev.cambio.management.Administrator.unique;
import static org.assertj.core.api.Assertions.assertThat;

import dev.cambio.e2e.TestNode;
import dev.cambio.management.Administrator.Response;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("The users of a deleted connection, contract management-api §2.6")
class ConnectionDeletionIT {
  private final Administrator admin = Administrator.quickstart();
  private final String name = unique("db");
  private final String email = unique("u") + "@acme.example";

  private String connect() {
    Response created = admin.post("/connections", "{'name':'" + name + "','strategy':'auth0'}");
    assertThat(created.status()).as(created.body().toString()).isEqualTo(201);
    return "/connections/" + created.body().path("id").asText();
  }

  private Response createUser(String address) {
    return admin.post("/users", "{'connection':'" + name + "','email':'" + address + "'}");
  }

  @Test
  @DisplayName("§2.6 go with it; a later connection of the same name starts without them")
  void goWithIt() {
    String connection = connect();
    String user = createUser(email).body().path("user_id").asText();

    assertThat(admin.delete(connection).status()).isEqualTo(202);

    assertThat(admin.get("/users/" + segment(user)).status()).isEqualTo(404);
    connect();
    assertThat(admin.get("/users?connection=" + name).body()).isEmpty();
    Response again = createUser(email);
    assertThat(again.status()).isEqualTo(201);
    assertThat(again.body().path("user_id").asText()).isNotEqualTo(user);
  }

  @Test
  @DisplayName("§2.6 keep the identities that they have elsewhere if those are their main ones")
  void keepOtherIdentities() {
    String connection = connect();
    String linked = createUser(email).body().path("user_id").asText();
    String main =
        admin
            .post(
                "/users",
                "{'connection':'Username-Password-Authentication','email':'" + email + "'}")
            .body()
            .path("user_id")
            .asText();
    admin.post(
        "/users/" + segment(main) + "/identities",
        "{'provider':'auth0','user_id':'" + linked.substring("auth0|".length()) + "'}");

    admin.delete(connection);

    Response kept = admin.get("/users/" + segment(main));
    assertThat(kept.status()).isEqualTo(200);
    assertThat(kept.body().path("identities").findValuesAsText("connection"))
        .containsExactly("Username-Password-Authentication");
  }

  @Test
  @DisplayName("§2.6 that are created while it is being deleted are deleted or refused, never left")
  void leavesNoneBehind() throws ExecutionException, InterruptedException {
    try (ExecutorService administrators = Executors.newVirtualThreadPerTaskExecutor()) {
      for (int round = 0; round < 5; round++) {
        String connection = connect();
        CompletableFuture<Void> start = new CompletableFuture<>();
        List<Future<Response>> creations = new ArrayList<>();
        for (int i = 0; i < 6; i++) {
          String address = unique("race") + "@acme.example";
          creations.add(
              administrators.submit(
                  () -> {
                    start.join();
                    return createUser(address);
                  }));
        }
        start.complete(null);
        assertThat(admin.delete(connection).status()).isEqualTo(202);

        for (Future<Response> creation : creations) {
          Response answer = creation.get();
          assertThat(answer.status()).as(answer.body().toString()).isIn(201, 400);
        }
        assertThat(
                TestNode.shared()
                    .column("select user_id from user_identity where connection = ?", name))
            .isEmpty();
        assertThat(
                TestNode.shared()
                    .column("select user_id from user_identifier where connection = ?", name))
            .isEmpty();
      }
    }
  }

  @Test
  @DisplayName("§2.6 leave what was linked to them from elsewhere, which is a user again")
  void freesIdentitiesFromElsewhere() {
    String connection = connect();
    String main = createUser(email).body().path("user_id").asText();
    String address = unique("linked") + "@acme.example";
    String linked =
        admin
            .post(
                "/users",
                "{'connection':'Username-Password-Authentication','email':'" + address + "'}")
            .body()
            .path("user_id")
            .asText();
    Response done =
        admin.post(
            "/users/" + segment(main) + "/identities",
            "{'provider':'auth0','user_id':'" + linked.substring("auth0|".length()) + "'}");
    assertThat(done.status()).as(done.message()).isEqualTo(201);

    admin.delete(connection);

    assertThat(admin.get("/users/" + segment(main)).status()).isEqualTo(404);
    Response freed = admin.get("/users/" + segment(linked));
    assertThat(freed.status()).isEqualTo(200);
    assertThat(freed.body().path("email").asText()).isEqualTo(address);
    assertThat(freed.body().path("identities")).hasSize(1);
    assertThat(freed.body().at("/identities/0").has("profileData")).isFalse();
    assertThat(
            TestNode.shared()
                .column("select user_id from user_identifier where value = ?", address))
        .containsExactly(linked);
  }
}
