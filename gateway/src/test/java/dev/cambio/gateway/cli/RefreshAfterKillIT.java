package dev.cambio.gateway.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.cambio.e2e.FreePort;
import dev.cambio.model.bus.Json;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@DisplayName("token-endpoint §7.7: refresh tokens of a gateway that is killed")
class RefreshAfterKillIT {
  private static final int REFRESHES = 60;
  private static final String INVALID =
      "{\"error\":\"invalid_grant\",\"error_description\":\"Unknown or invalid refresh token.\"}";

  @TempDir Path directory;

  private final HttpClient client = HttpClient.newHttpClient();
  private EmbeddedPostgres postgres;
  private int port;

  @BeforeEach
  void startDatabase() throws IOException {
    postgres = EmbeddedPostgres.start();
    port = FreePort.find();
  }

  @AfterEach
  void stopDatabase() throws IOException {
    client.close();
    postgres.close();
  }

  /** What a client keeps: the last token that it was given. */
  private static final class Holder {
    private final String clientId;
    private String token;
    private int received;

    private Holder(String clientId, String token) {
      this.clientId = clientId;
      this.token = token;
    }
  }

  @Test
  @DisplayName(
      "§7.7 killed under load and between commit and answer: each family has one chain, what was"
          + " lost ends it or is made good by the leeway")
  void staysRight() throws Exception {
    Process gateway = serve();
    List<Holder> busy = new ArrayList<>();
    for (int i = 0; i < 3; i++) {
      busy.add(holder("rotating"));
      busy.add(holder("lenient"));
    }
    Holder strict = holder("rotating");
    Holder lenient = holder("lenient");
    AtomicInteger refreshes = new AtomicInteger();
    List<CompletableFuture<Void>> loops =
        busy.stream()
            .map(holder -> CompletableFuture.runAsync(() -> refreshOn(holder, refreshes)))
            .toList();
    CompletableFuture<Void> waiting;
    try (Connection lock = postgres.getPostgresDatabase().getConnection()) {
      lock.setAutoCommit(false);
      execute(
          lock, "select 1 from refresh_family where id in (%s, %s) for update", strict, lenient);
      waiting =
          CompletableFuture.allOf(
              Stream.of(strict, lenient)
                  .map(holder -> CompletableFuture.runAsync(() -> refreshUnanswered(holder)))
                  .toArray(CompletableFuture[]::new));
      await()
          .until(
              () -> column("select count(*)::text from pg_locks where not granted"), "2"::equals);
      await().until(() -> refreshes.get() >= REFRESHES);
      gateway.destroyForcibly();
      assertThat(gateway.waitFor(10, TimeUnit.SECONDS)).isTrue();
      lock.rollback();
    }
    waiting.join();
    CompletableFuture.allOf(loops.toArray(CompletableFuture[]::new)).join();
    // Nobody waits for them any more, but their statements were sent, and so they are carried out.
    await().until(() -> counter(strict) == 1 && counter(lenient) == 1);

    for (Holder holder : busy) {
      assertThat(tokensByCounter(holder))
          .as("each counter has one token")
          .isEqualTo(
              Stream.iterate(0, n -> n + 1)
                  .limit(counter(holder) + 1L)
                  .map(n -> n + ":1")
                  .collect(Collectors.joining(" ")));
      assertThat(counter(holder)).isBetween(holder.received, holder.received + 1);
    }
    Process again = serve();
    try {
      assertThat(refresh(strict).body()).isEqualTo(INVALID);
      assertThat(revoked(strict)).isTrue();
      assertThat(refresh(lenient).statusCode()).isEqualTo(200);
      for (Holder holder : busy) {
        boolean answerLost = counter(holder) > holder.received;
        boolean good = holder.clientId.equals("lenient") || !answerLost;
        assertThat(refresh(holder).statusCode()).isEqualTo(good ? 200 : 403);
        assertThat(revoked(holder)).isEqualTo(!good);
      }
      int received = busy.stream().mapToInt(holder -> holder.received).sum();
      assertThat(
              Integer.parseInt(
                  column("select count(*)::text from tenant_log where type = 'sertft'")))
          .as("no token leaves without its record")
          .isGreaterThanOrEqualTo(received);
      stopsInOrder(again, lenient);
    } finally {
      again.destroyForcibly();
      again.waitFor(10, TimeUnit.SECONDS);
    }
  }

  /** A signal takes nothing from whom it has begun to serve (additions C13). */
  private void stopsInOrder(Process gateway, Holder holder) throws Exception {
    holder.token = Json.parse(refresh(holder).body()).path("refresh_token").asText();
    CompletableFuture<Integer> underWay;
    try (Connection lock = postgres.getPostgresDatabase().getConnection()) {
      lock.setAutoCommit(false);
      execute(lock, "select 1 from refresh_family where id in (%s) for update", holder);
      underWay = CompletableFuture.supplyAsync(() -> status(holder));
      await()
          .until(
              () -> column("select count(*)::text from pg_locks where not granted"), "1"::equals);
      gateway.destroy();
      await().until(() -> !isServing());
      assertThat(underWay).isNotDone();
      lock.rollback();
    }
    assertThat(underWay.get(30, TimeUnit.SECONDS)).isEqualTo(200);
    assertThat(gateway.waitFor(60, TimeUnit.SECONDS)).isTrue();
    assertThat(gateway.exitValue()).isZero();
    CliProcess output = new CliProcess(directory);
    assertThat(output.errors()).isEmpty();
    assertThat(output.output()).noneMatch(line -> line.startsWith("\tat "));
  }

  private int status(Holder holder) {
    try {
      return refresh(holder).statusCode();
    } catch (IOException e) {
      return 0;
    }
  }

  /** Refreshes again and again, until the gateway is gone. */
  private void refreshOn(Holder holder, AtomicInteger refreshes) {
    while (true) {
      ObjectNode answer;
      try {
        HttpResponse<String> response = refresh(holder);
        assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
        answer = (ObjectNode) Json.parse(response.body());
      } catch (IOException e) {
        return;
      }
      holder.token = answer.path("refresh_token").asText();
      holder.received++;
      refreshes.incrementAndGet();
    }
  }

  private void refreshUnanswered(Holder holder) {
    try {
      HttpResponse<String> response = refresh(holder);
      throw new AssertionError("answered: " + response.statusCode());
    } catch (IOException e) {
      // the gateway was killed
    }
  }

  private Process serve() throws Exception {
    Path contract = Path.of("src", "test", "resources", "contract-tenant").toAbsolutePath();
    Process process =
        new CliProcess(directory)
            .start(
                Map.ofEntries(
                    Map.entry("CAMBIO_MASTER_KEY", "MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY="),
                    Map.entry(
                        "CAMBIO_DATABASE_URL",
                        "postgresql://postgres@127.0.0.1:" + postgres.getPort() + "/postgres"),
                    // Locks are held here as long as it takes.
                    Map.entry("CAMBIO_DATABASE_LOCK_TIMEOUT_MS", "60000"),
                    Map.entry("CAMBIO_DATABASE_STATEMENT_TIMEOUT_MS", "60000"),
                    Map.entry("CAMBIO_SHUTDOWN_DELAY_MS", "0"),
                    Map.entry("CAMBIO_HTTP_BEHIND_TLS_PROXY", "true"),
                    Map.entry("CAMBIO_HTTP_TRUSTED_PROXIES", "127.0.0.1"),
                    Map.entry("CAMBIO_HTTP_PORT", Integer.toString(port)),
                    Map.entry("CAMBIO_OPS_PORT", "0"),
                    Map.entry("CAMBIO_CLUSTER_PORT", Integer.toString(FreePort.find())),
                    Map.entry("CAMBIO_ACTIONS_GUEST_HOME", System.getProperty("cambio.guest.home")),
                    Map.entry("CAMBIO_IMPORT_PATH", contract.toString()),
                    Map.entry("CAMBIO_IMPORT_TENANT", "contract"),
                    Map.entry("CAMBIO_IMPORT_DOMAIN", "127.0.0.1:" + port)),
                "serve");
    await()
        .atMost(60, TimeUnit.SECONDS)
        .until(
            () -> {
              assertThat(process.isAlive())
                  .as(String.join("\n", new CliProcess(directory).errors()))
                  .isTrue();
              return isServing();
            });
    return process;
  }

  private boolean isServing() throws InterruptedException {
    HttpRequest request =
        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + "/.well-known/jwks.json"))
            .build();
    try {
      return client.send(request, HttpResponse.BodyHandlers.discarding()).statusCode() == 200;
    } catch (IOException e) {
      return false;
    }
  }

  private Holder holder(String clientId) throws IOException {
    HttpResponse<String> response =
        post(
            Map.of(
                "grant_type", "urn:ietf:params:oauth:grant-type:token-exchange",
                "client_id", clientId,
                "client_secret", clientId + "-secret-0123456789",
                "audience", "https://offline.contract.example",
                "scope", "read offline_access",
                "subject_token_type", "urn:contract:scripted",
                "subject_token", "api.authentication.setUserById('auth0|jane')"));
    assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
    return new Holder(clientId, Json.parse(response.body()).path("refresh_token").asText());
  }

  private HttpResponse<String> refresh(Holder holder) throws IOException {
    return post(
        Map.of(
            "grant_type",
            "refresh_token",
            "client_id",
            holder.clientId,
            "client_secret",
            holder.clientId + "-secret-0123456789",
            "refresh_token",
            holder.token));
  }

  private HttpResponse<String> post(Map<String, String> parameters) throws IOException {
    String form =
        parameters.entrySet().stream()
            .map(entry -> entry.getKey() + "=" + URLEncoder.encode(entry.getValue(), UTF_8))
            .collect(Collectors.joining("&"));
    HttpRequest request =
        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + "/oauth/token"))
            .header("Content-Type", "application/x-www-form-urlencoded")
            .POST(HttpRequest.BodyPublishers.ofString(form))
            .build();
    try {
      return client.send(request, HttpResponse.BodyHandlers.ofString());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  private int counter(Holder holder) {
    return Integer.parseInt(family(holder, "f.counter"));
  }

  private boolean revoked(Holder holder) {
    return Boolean.parseBoolean(family(holder, "f.revoked_at is not null"));
  }

  private String tokensByCounter(Holder holder) {
    return family(
        holder,
        "(select string_agg(c.counter || ':' || c.n, ' ' order by c.counter) from (select counter,"
            + " count(*) n from refresh_token a where a.family_id = f.id group by counter) c)");
  }

  private String family(Holder holder, String expression) {
    return column(
        """
        select (%s)::text from refresh_family f
        join refresh_token t on t.tenant_id = f.tenant_id and t.family_id = f.id
        where t.token_hash = sha256(?::text::bytea)
        """
            .formatted(expression),
        holder.token);
  }

  private String column(String sql, String... parameters) {
    try (Connection connection = postgres.getPostgresDatabase().getConnection();
        PreparedStatement statement = connection.prepareStatement(sql)) {
      for (int i = 0; i < parameters.length; i++) {
        statement.setString(i + 1, parameters[i]);
      }
      try (ResultSet rows = statement.executeQuery()) {
        rows.next();
        return rows.getString(1);
      }
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }

  private void execute(Connection connection, String sql, Holder... holders) throws SQLException {
    Object[] ids = Stream.of(holders).map(holder -> "'" + family(holder, "f.id") + "'").toArray();
    try (PreparedStatement statement = connection.prepareStatement(sql.formatted(ids))) {
      statement.execute();
    }
  }
}
