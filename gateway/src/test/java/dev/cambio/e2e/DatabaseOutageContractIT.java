package dev.cambio.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.cambio.e2e.TokenRequest.Answer;
import java.net.URI;
import java.net.http.HttpRequest;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.stream.IntStream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Isolated;

/** The database of the shared node comes and goes; nobody else may be at it meanwhile. */
@Isolated("the database is away")
@DisplayName("A database that fails")
class DatabaseOutageContractIT {
  private static final TestNode NODE = TestNode.shared();

  private static final String UNAVAILABLE =
      "503 temporarily_unavailable: The service is not available. Try again in a moment.";

  @Test
  @DisplayName("by being away: additions C13 503 at every endpoint, and all is well afterwards")
  void away() throws Exception {
    Answer before = TokenRequest.valid().with("scope", "openid").post();
    assertThat(before.status()).isEqualTo(200);
    String token = before.text("access_token");
    NODE.database().takesConnections(false);
    try {
      await(() -> ready().contains("the database") || ready().contains("not currently accepting"));
      assertThat(ready()).contains("\"status\":\"DOWN\"");
      Map<String, Answer> answers = new LinkedHashMap<>();
      answers.put("token", TokenRequest.valid().post());
      answers.put("credentials", TokenRequest.ofClient("app").post());
      answers.put("revoke", TokenRequest.about("x".repeat(64), "app").postTo("oauth/revoke"));
      answers.put("introspect", TokenRequest.about(token, "app").postTo("oauth/introspect"));
      answers.put("userinfo", get("userinfo", token));
      answers.forEach(
          (name, answer) -> {
            assertThat(answer.error()).as(name).isEqualTo(UNAVAILABLE);
            assertThat(answer.header("Retry-After")).as(name).isEqualTo("1");
          });
      Answer management = get("api/v2/clients", token);
      assertThat(management.status()).isEqualTo(503);
      assertThat(management.header("Retry-After")).isEqualTo("1");
    } finally {
      NODE.database().takesConnections(true);
    }
    await(() -> TokenRequest.valid().post().status() == 200);
    await(() -> ready().startsWith("{\"status\":\"UP\""));
  }

  @Test
  @DisplayName("by cutting connections off: additions C13 no 500, and each token has its entry")
  void connectionsAreCut() throws Exception {
    List<CompletableFuture<TokenRequest>> granted =
        IntStream.range(0, 24)
            .mapToObj(i -> CompletableFuture.supplyAsync(this::exchange))
            .toList();
    NODE.column(
        "select pg_terminate_backend(pid)::text from pg_stat_activity"
            + " where datname = current_database() and pid <> pg_backend_pid()");
    for (CompletableFuture<TokenRequest> one : granted) {
      TokenRequest request = one.get(60, TimeUnit.SECONDS);
      assertThat(NODE.logs(request.userAgent()))
          .filteredOn(entry -> entry.path("type").asText().equals("secte"))
          .isNotEmpty();
    }
  }

  /** As clients do: again after a 503. */
  private TokenRequest exchange() {
    TokenRequest request = TokenRequest.valid();
    Answer answer = request.post();
    while (answer.status() == 503) {
      answer = request.post();
    }
    assertThat(answer.status()).isEqualTo(200);
    return request;
  }

  @Test
  @DisplayName("by a lock on what is needed: additions C13 503, and no token without its entry")
  void locked() throws SQLException {
    TokenRequest request = TokenRequest.valid();
    try (Connection holder = NODE.database().dataSource().getConnection()) {
      holder.setAutoCommit(false);
      execute(holder, "lock table tenant_log in access exclusive mode");

      assertThat(request.post().error()).isEqualTo(UNAVAILABLE);
    }
    assertThat(NODE.logs(request.userAgent())).isEmpty();
    assertThat(request.post().status()).isEqualTo(200);
  }

  @Test
  @DisplayName("by a full disk: additions C13 503, and no token without its entry")
  void diskIsFull() {
    TokenRequest request = TokenRequest.valid();
    NODE.execute(
        """
        create function disk_is_full() returns trigger language plpgsql as
        $$ begin raise exception 'could not extend file' using errcode = 'disk_full'; end $$
        """);
    NODE.execute(
        "create trigger full_disk before insert on tenant_log execute function disk_is_full()");
    try {
      assertThat(request.post().error()).isEqualTo(UNAVAILABLE);
    } finally {
      NODE.execute("drop function disk_is_full() cascade");
    }
    assertThat(NODE.logs(request.userAgent())).isEmpty();
    assertThat(request.post().status()).isEqualTo(200);
  }

  private static void execute(Connection connection, String sql) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }

  private static Answer get(String path, String token) {
    return TokenRequest.send(
        HttpRequest.newBuilder(URI.create(NODE.contract() + path))
            .header("Authorization", "Bearer " + token)
            .build());
  }

  private static String ready() {
    return TokenRequest.get(NODE.ops() + "health/ready").response().body();
  }

  private static void await(BooleanSupplier condition) throws InterruptedException {
    long until = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
    while (!condition.getAsBoolean()) {
      assertThat(System.nanoTime()).isLessThan(until);
      Thread.sleep(20);
    }
  }
}
