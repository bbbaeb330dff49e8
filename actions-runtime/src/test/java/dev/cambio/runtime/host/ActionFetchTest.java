package dev.cambio.runtime.host;

import static dev.cambio.runtime.host.RawServer.ascii;
import static dev.cambio.runtime.host.RawServer.ok;
import static dev.cambio.runtime.host.RawServer.redirect;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.cambio.model.net.EgressPolicy;
import dev.cambio.model.net.TrustedAuthorities;
import dev.cambio.runtime.host.FetchOutcome.Answered;
import dev.cambio.runtime.host.FetchOutcome.Failed;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpConnection;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServer;
import io.vertx.core.net.TrustOptions;
import java.io.ByteArrayOutputStream;
import java.lang.ref.WeakReference;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import java.util.stream.Stream;
import java.util.zip.GZIPOutputStream;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Requests over loopback, with a stand-in for DNS. 127.0.0.2 is open and plays the Internet;
 * 127.0.0.1 is what nothing may reach.
 */
class ActionFetchTest {
  private static final String OUTSIDE = "127.0.0.2";
  private static final String INSIDE = "127.0.0.1";
  private static final EgressLimits LIMITS =
      new EgressLimits(10, 4, 5, Duration.ofSeconds(5), 1000, 100_000, 8192, 150_000);

  private static Vertx vertx;

  @BeforeAll
  static void start() {
    vertx = Vertx.vertx();
  }

  @AfterAll
  static void stop() {
    vertx.close().await();
  }

  /** Answers by host, several answers in turn; the last one stays. */
  private static final class Names implements HostResolver {
    private final Map<String, List<String>> answers;
    private final AtomicInteger asked = new AtomicInteger();

    private Names(Map<String, List<String>> answers) {
      this.answers = answers;
    }

    @Override
    public List<InetAddress> resolve(String host) throws UnknownHostException {
      List<String> known = answers.get(host);
      if (known == null) {
        throw new UnknownHostException(host);
      }
      String answer = known.get(Math.min(asked.getAndIncrement(), known.size() - 1));
      return Stream.of(answer.split(" ")).map(InetAddress::ofLiteral).toList();
    }
  }

  private static Names always(String addresses) {
    return new Names(
        Map.of("peer.example", List.of(addresses), "other.example", List.of(addresses)));
  }

  private static EgressSettings settings(EgressLimits limits) {
    return new EgressSettings(
        EgressPolicy.opening(List.of(OUTSIDE + "/32")), limits, Optional.empty());
  }

  private static FetchOutcome fetch(Names names, String url) throws Exception {
    return fetch(names, settings(LIMITS), "{\"url\":\"" + url + "\"}");
  }

  private static FetchOutcome fetch(Names names, EgressSettings settings, String head)
      throws Exception {
    return fetch(fetching(names, settings), new EgressBudget("t", settings.limits()), head);
  }

  private static ActionFetch fetching(Names names, EgressSettings settings) {
    return new ActionFetch(
        vertx, vertx.getOrCreateContext(), settings, new SimpleMeterRegistry(), names);
  }

  private static FetchOutcome fetch(ActionFetch fetch, EgressBudget budget, String head)
      throws Exception {
    CompletableFuture<FetchOutcome> outcome = new CompletableFuture<>();
    fetch.start(
        FetchRequest.parse(head, null), budget.limits().timeout(), budget, outcome::complete);
    return outcome.get(20, TimeUnit.SECONDS);
  }

  private static void assertDenied(FetchOutcome outcome) {
    assertThat(outcome).isInstanceOf(Failed.class);
    assertThat(((Failed) outcome).code()).isEqualTo("EGRESS_DENIED");
    assertThat(((Failed) outcome).message()).contains("are not allowed").doesNotContain("127.");
  }

  private static String text(FetchOutcome outcome) {
    assertThat(outcome).isInstanceOf(Answered.class);
    return new String(((Answered) outcome).body(), StandardCharsets.UTF_8);
  }

  @Nested
  class Addresses {
    @Test
    void connectsToTheAddressThatWasCheckedHoweverTheNameChanges() throws Exception {
      try (RawServer outside = RawServer.on(OUTSIDE, ok("outside"))) {
        Names rebinding = new Names(Map.of("peer.example", List.of(OUTSIDE, INSIDE)));
        String url = "http://peer.example:" + outside.port() + "/";

        assertThat(text(fetch(rebinding, url))).isEqualTo("outside");
        assertThat(rebinding.asked).hasValue(1);
        assertDenied(fetch(rebinding, url));
        assertThat(outside.heads()).hasSize(1).first().asString().contains("host: peer.example:");
      }
    }

    @ParameterizedTest
    @ValueSource(
        strings = {
          OUTSIDE + " " + INSIDE,
          INSIDE + " " + OUTSIDE,
          OUTSIDE + " ::1",
          OUTSIDE + " 169.254.169.254"
        })
    void oneBadAddressCondemnsAName(String answer) throws Exception {
      try (RawServer outside = RawServer.on(OUTSIDE, ok("outside"))) {
        assertDenied(fetch(always(answer), "http://peer.example:" + outside.port() + "/"));
        assertThat(outside.heads()).isEmpty();
      }
    }

    @Test
    void checksTheAddressAtEachRedirect() throws Exception {
      try (RawServer inside = RawServer.on(INSIDE, ok("inside"));
          RawServer outside =
              RawServer.on(OUTSIDE, redirect("http://127.0.0.1:" + inside.port() + "/"));
          RawServer again = RawServer.on(OUTSIDE, redirect("/again"))) {
        Names names =
            new Names(Map.of("peer.example", List.of(OUTSIDE, INSIDE), INSIDE, List.of(INSIDE)));

        FetchOutcome away = fetch(names, "http://peer.example:" + outside.port() + "/");
        assertThat(((Failed) away).message())
            .startsWith("connections to 127.0.0.1:" + inside.port() + " are not allowed");
        names.asked.set(0);
        assertDenied(fetch(names, "http://peer.example:" + again.port() + "/"));
        assertThat(inside.heads()).isEmpty();
        assertThat(again.heads()).hasSize(1);
      }
    }

    @Test
    void triesTheNextAddressWhereOneDoesNotAnswer() throws Exception {
      try (RawServer outside = RawServer.on(OUTSIDE, ok("second"))) {
        EgressSettings open =
            new EgressSettings(
                EgressPolicy.opening(List.of("127.0.0.0/30")), LIMITS, Optional.empty());

        FetchOutcome outcome =
            fetch(
                always("127.0.0.3 " + OUTSIDE),
                open,
                "{\"url\":\"http://peer.example:" + outside.port() + "/\"}");

        assertThat(text(outcome)).isEqualTo("second");
      }
    }

    @Test
    void reachesAddressesOfIpv6InBrackets() throws Exception {
      RawServer server;
      try {
        server = RawServer.on("::1", ok("six"));
      } catch (java.io.IOException e) {
        assumeTrue(false, "there is no IPv6 here");
        return;
      }
      try (server) {
        EgressSettings open =
            new EgressSettings(
                EgressPolicy.opening(List.of("[::1]:" + server.port())), LIMITS, Optional.empty());

        FetchOutcome outcome =
            fetch(
                new Names(Map.of("::1", List.of("::1"))),
                open,
                "{\"url\":\"http://[::1]:" + server.port() + "/\"}");

        assertThat(text(outcome)).isEqualTo("six");
        assertThat(server.heads().getFirst()).contains("host: [::1]:" + server.port());
      }
    }

    @Test
    void saysWhatIsWrongWithoutAddresses() throws Exception {
      int closed;
      try (RawServer server = RawServer.on(OUTSIDE, ok(""))) {
        closed = server.port();
      }

      assertThat(fetch(always(OUTSIDE), "http://peer.example:" + closed + "/"))
          .isEqualTo(new Failed("ECONNREFUSED", "the connection was refused"));
      assertThat(fetch(always(OUTSIDE), "http://unknown.example/"))
          .isEqualTo(new Failed("ENOTFOUND", "the host name cannot be resolved"));
    }
  }

  @Nested
  class Answers {
    private FetchOutcome answered(RawServer.Reply reply) throws Exception {
      return answered(reply, LIMITS);
    }

    private FetchOutcome answered(RawServer.Reply reply, EgressLimits limits) throws Exception {
      try (RawServer server = RawServer.on(OUTSIDE, reply)) {
        return fetch(
            always(OUTSIDE),
            settings(limits),
            "{\"url\":\"http://peer.example:" + server.port() + "/\"}");
      }
    }

    @Test
    void redirectsEnd() throws Exception {
      try (RawServer loop = RawServer.on(OUTSIDE, redirect("/"))) {
        assertThat(fetch(always(OUTSIDE), "http://peer.example:" + loop.port() + "/"))
            .isEqualTo(new Failed("EGRESS_LIMIT", "redirect count exceeded"));
        assertThat(loop.heads()).hasSize(6);
      }
    }

    @Test
    void aSlowDripIsCutOff() throws Exception {
      EgressLimits hasty = new EgressLimits(10, 4, 5, Duration.ofMillis(300), 0, 9999, 8192, 9999);
      RawServer.Reply drip =
          (head, out) -> {
            out.write(ascii("HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n"));
            for (int i = 0; i < 1000; i++) {
              out.write('x');
              out.flush();
              TimeUnit.MILLISECONDS.sleep(20);
            }
          };

      assertThat(answered(drip, hasty))
          .isEqualTo(new Failed("ETIMEDOUT", "there was no whole answer within 300 ms"));
    }

    @Test
    void hugeHeadersAreCutOff() throws Exception {
      RawServer.Reply reply =
          (head, out) -> {
            out.write(ascii("HTTP/1.1 200 OK\r\nX-Huge: "));
            for (int i = 0; i < 1000; i++) {
              out.write(new byte[1000]);
            }
          };

      assertThat(answered(reply))
          .isEqualTo(new Failed("EGRESS_LIMIT", "the response headers are larger than 8192 bytes"));
    }

    @Test
    void aBombIsCutOffAfterDecompression() throws Exception {
      ByteArrayOutputStream bomb = new ByteArrayOutputStream();
      try (GZIPOutputStream zip = new GZIPOutputStream(bomb)) {
        byte[] zeros = new byte[1024 * 1024];
        for (int i = 0; i < 256; i++) {
          zip.write(zeros);
        }
      }
      RawServer.Reply reply =
          (head, out) -> {
            out.write(
                ascii(
                    "HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: %d\r\n\r\n"
                        .formatted(bomb.size())));
            bomb.writeTo(out);
          };

      assertThat(bomb.size()).isLessThan(300_000);
      assertThat(answered(reply))
          .isEqualTo(new Failed("EGRESS_LIMIT", "the response body is larger than 100000 bytes"));
    }

    @Test
    void anEndlessBodyIsCutOff() throws Exception {
      RawServer.Reply endless =
          (head, out) -> {
            out.write(ascii("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"));
            while (true) {
              out.write(ascii("400\r\n" + "x".repeat(1024) + "\r\n"));
            }
          };

      assertThat(answered(endless))
          .isEqualTo(new Failed("EGRESS_LIMIT", "the response body is larger than 100000 bytes"));
    }

    @ParameterizedTest
    @ValueSource(
        strings = {
          "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nshort",
          "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nshort\r\n",
          "HTTP/1.1 200 OK\r\nContent-Le",
          ""
        })
    void anEarlyCloseIsAnError(String bytes) throws Exception {
      assertThat(answered((head, out) -> out.write(ascii(bytes))))
          .isEqualTo(
              new Failed("ECONNRESET", "the connection was closed before the answer was whole"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"SSH-2.0-OpenSSH_9.6\r\n\r\n", "HTTP/1.1 2x0 OK\r\n\r\n"})
    void whatIsNoHttpIsAnError(String bytes) throws Exception {
      FetchOutcome outcome =
          answered(
              (head, out) -> {
                out.write(ascii(bytes));
                out.flush();
                TimeUnit.MILLISECONDS.sleep(200);
              });

      assertThat(outcome).isEqualTo(new Failed("EGRESS_INVALID", "the response is no HTTP"));
    }

    @Test
    void aRunMayOnlyMakeSoManyRequestsAndMoveSoManyBytes() throws Exception {
      try (RawServer server = RawServer.on(OUTSIDE, ok("x".repeat(60_000)))) {
        ActionFetch fetch = fetching(always(OUTSIDE), settings(LIMITS));
        EgressBudget budget = new EgressBudget("t", LIMITS);
        String head = "{\"url\":\"http://peer.example:" + server.port() + "/\"}";

        assertThat(fetch(fetch, budget, head)).isInstanceOf(Answered.class);
        assertThat(fetch(fetch, budget, head)).isInstanceOf(Answered.class);
        assertThat(fetch(fetch, budget, head))
            .isEqualTo(
                new Failed(
                    "EGRESS_LIMIT", "the bodies of one run are larger than 150000 bytes together"));
        for (int i = 3; i < LIMITS.requests(); i++) {
          fetch(fetch, budget, head);
        }
        assertThat(fetch(fetch, budget, head))
            .isEqualTo(new Failed("EGRESS_LIMIT", "more than 10 requests in one run"));
      }
    }
  }

  @Nested
  class OnTheWire {
    @Test
    void sendsOneRequestWithFramingOfItsOwn() throws Exception {
      try (RawServer server = RawServer.on(OUTSIDE, ok(""))) {
        fetch(
            always(OUTSIDE),
            settings(LIMITS),
            """
            {"url":"http://peer.example:PORT/a b?q=\\u00fc#f","method":"POST","headers":[
             ["Host","evil.example"],["Content-Length","9"],["Transfer-Encoding","chunked"],
             ["X-Own","\\u00e4"]]}
            """
                .replace("PORT", Integer.toString(server.port())));

        assertThat(server.heads())
            .singleElement()
            .asString()
            .startsWith("POST /a%20b?q=%FC HTTP/1.1\r\n");
        assertThat(server.heads().getFirst().lines().skip(1).filter(line -> !line.isEmpty()))
            .containsExactlyInAnyOrder(
                "host: peer.example:" + server.port(),
                "X-Own: \u00e4",
                "content-length: 0",
                "accept-encoding: deflate, gzip",
                "user-agent: cambio");
      }
    }

    @Test
    void aSafeRequestIsSentOnceMoreIfItsKeptConnectionWasClosed() throws Exception {
      Set<HttpConnection> known = ConcurrentHashMap.newKeySet();
      Queue<HttpMethod> arrived = new ConcurrentLinkedQueue<>();
      HttpServer closing =
          vertx
              .createHttpServer()
              .requestHandler(
                  request -> {
                    arrived.add(request.method());
                    if (known.add(request.connection())) {
                      request.response().end("answered");
                    } else {
                      request.connection().close();
                    }
                  })
              .listen(0, OUTSIDE)
              .await();
      ActionFetch fetch = fetching(always(OUTSIDE), settings(LIMITS));
      EgressBudget budget = new EgressBudget("t", LIMITS);
      String head =
          "{\"method\":\"%s\",\"url\":\"http://peer.example:" + closing.actualPort() + "/\"}";

      assertThat(text(fetch(fetch, budget, head.formatted("GET")))).isEqualTo("answered");
      assertThat(text(fetch(fetch, budget, head.formatted("GET")))).isEqualTo("answered");
      assertThat(fetch(fetch, budget, head.formatted("POST")))
          .isEqualTo(
              new Failed("ECONNRESET", "the connection was closed before the answer was whole"));

      assertThat(arrived)
          .containsExactly(HttpMethod.GET, HttpMethod.GET, HttpMethod.GET, HttpMethod.POST);

      // What is sent again counts too.
      arrived.clear();
      for (int used = 4; used < LIMITS.requests() - 1; used++) {
        budget.takeRequest();
      }
      assertThat(text(fetch(fetch, new EgressBudget("t", LIMITS), head.formatted("GET"))))
          .isEqualTo("answered");
      assertThat(fetch(fetch, budget, head.formatted("GET")))
          .isEqualTo(
              new Failed("ECONNRESET", "the connection was closed before the answer was whole"));
      assertThat(arrived).containsExactly(HttpMethod.GET, HttpMethod.GET);
      closing.close().await();
    }

    @Test
    void doesNotCarryCredentialsToAnotherOrigin() throws Exception {
      try (RawServer second = RawServer.on(OUTSIDE, ok("done"));
          RawServer first =
              RawServer.on(OUTSIDE, redirect("http://other.example:" + second.port() + "/"))) {
        FetchOutcome outcome =
            fetch(
                always(OUTSIDE),
                settings(LIMITS),
                """
                {"url":"http://peer.example:PORT/","headers":[
                 ["Authorization","Bearer t"],["Cookie","c=1"],["X-Own","1"]]}
                """
                    .replace("PORT", Integer.toString(first.port())));

        assertThat(text(outcome)).isEqualTo("done");
        assertThat(first.heads().getFirst()).contains("Authorization: Bearer t", "Cookie: c=1");
        assertThat(second.heads().getFirst())
            .contains("X-Own: 1")
            .doesNotContainIgnoringCase("authorization")
            .doesNotContainIgnoringCase("cookie");
      }
    }
  }

  @Nested
  class Cancelled {
    private final Semaphore answering = new Semaphore(0);
    private final AtomicInteger asked = new AtomicInteger();

    /** A name server that is silent until the test lets it speak. */
    private ActionFetch silent() {
      return new ActionFetch(
          vertx,
          vertx.getOrCreateContext(),
          settings(LIMITS),
          new SimpleMeterRegistry(),
          _ -> {
            asked.incrementAndGet();
            answering.acquireUninterruptibly();
            answering.release();
            return List.of(InetAddress.ofLiteral(OUTSIDE));
          });
    }

    private FetchCall post(ActionFetch fetch, String url, byte[] body) throws FetchFailure {
      return fetch.start(
          FetchRequest.parse("{\"method\":\"POST\",\"url\":\"%s\"}".formatted(url), body),
          LIMITS.timeout(),
          new EgressBudget("t", LIMITS),
          _ -> {});
    }

    private static boolean within(BooleanSupplier wanted) throws InterruptedException {
      for (int i = 0; i < 500 && !wanted.getAsBoolean(); i++) {
        System.gc();
        TimeUnit.MILLISECONDS.sleep(10);
      }
      return wanted.getAsBoolean();
    }

    private static boolean idle(ActionFetch fetch) {
      CompletableFuture<Boolean> idle = new CompletableFuture<>();
      fetch
          .loop()
          .runOnContext(_ -> idle.complete(fetch.names().isIdle() && fetch.hosts().isIdle()));
      return idle.join();
    }

    @ParameterizedTest
    @ValueSource(strings = {"http://%d.example/", "http://peer.example/"})
    void callsLeaveNothingBehindAndLookUpNothing(String url) throws Exception {
      ActionFetch fetch = silent();
      List<WeakReference<byte[]>> bodies = new ArrayList<>();
      List<FetchCall> calls = new ArrayList<>();
      for (int i = 0; i < 100; i++) {
        byte[] body = new byte[1000];
        bodies.add(new WeakReference<>(body));
        calls.add(post(fetch, url.formatted(i), body));
      }
      assertThat(within(() -> asked.get() == 8 && fetch.held().held() == 100_000)).isTrue();

      calls.forEach(FetchCall::cancel);
      // The calls themselves are still here, and what looks names up is at it.
      assertThat(within(() -> bodies.stream().allMatch(body -> body.get() == null))).isTrue();
      assertThat(within(() -> fetch.held().held() == 0)).isTrue();
      answering.release();
      assertThat(within(() -> idle(fetch))).isTrue();
      assertThat(asked).hasValue(8);
      assertThat(calls).hasSize(100);
    }

    @Test
    void aCallThatEndsWhileItsNameIsLookedUpConnectsToNothing() throws Exception {
      ActionFetch fetch = silent();
      try (ServerSocket server = new ServerSocket(0, 50, InetAddress.ofLiteral(OUTSIDE))) {
        FetchCall call =
            post(fetch, "http://peer.example:" + server.getLocalPort() + "/", new byte[10]);
        assertThat(within(() -> asked.get() == 1)).isTrue();
        call.cancel();
        assertThat(within(() -> fetch.held().held() == 0)).isTrue();
        answering.release();
        assertThat(within(() -> idle(fetch))).isTrue();

        server.setSoTimeout(300);
        assertThatThrownBy(server::accept).isInstanceOf(SocketTimeoutException.class);
      }
    }

    @Test
    void aTurnAtAHostLastsAsLongAsTheConnectionIsBeingMade() throws Exception {
      answering.release();
      ActionFetch fetch = silent();
      // TLS that is never answered.
      try (ServerSocket server = new ServerSocket(0, 50, InetAddress.ofLiteral(OUTSIDE))) {
        byte[] body = new byte[10];
        WeakReference<byte[]> kept = new WeakReference<>(body);
        FetchCall call = post(fetch, "https://peer.example:" + server.getLocalPort() + "/", body);
        body = new byte[0];
        try (Socket connection = server.accept()) {
          call.cancel();
          assertThat(within(() -> kept.get() == null && fetch.held().held() == 0)).isTrue();
          assertThat(idle(fetch)).isFalse();
          assertThat(connection.isConnected()).isTrue();
        }
        assertThat(within(() -> idle(fetch))).isTrue();
        assertThat(body).isEmpty();
      }
    }
  }

  @Nested
  class Tls {
    @TempDir private Path directory;

    @Test
    void verifiesTheNameThatWasAskedForAgainstAPrivateAuthority() throws Exception {
      KeyStore keys = keys();
      try (RawServer server = secure(keys, ok("hello"))) {
        EgressSettings trusting =
            new EgressSettings(
                settings(LIMITS).policy(),
                LIMITS,
                Optional.of(TrustOptions.wrap(TrustedAuthorities.withSystem(pem(keys)))));
        String head = "{\"url\":\"https://%s:" + server.port() + "/\"}";

        assertThat(text(fetch(always(OUTSIDE), trusting, head.formatted("peer.example"))))
            .isEqualTo("hello");
        assertThat(text(fetch(always(OUTSIDE), trusting, head.formatted("peer.example."))))
            .isEqualTo("hello");
        assertThat(fetch(always(OUTSIDE), trusting, head.formatted("other.example")))
            .isInstanceOfSatisfying(
                Failed.class,
                failed -> {
                  assertThat(failed.code()).isEqualTo("ERR_TLS");
                  assertThat(failed.message()).contains("other.example").doesNotContain("127.");
                });
        assertThat(fetch(always(OUTSIDE), settings(LIMITS), head.formatted("peer.example")))
            .isInstanceOfSatisfying(
                Failed.class,
                failed -> assertThat(failed.message()).contains("certification path"));
        assertThat(server.heads())
            .hasSize(2)
            .allMatch(sent -> sent.contains("host: peer.example:"));
      }
    }

    private KeyStore keys() throws Exception {
      Path store = directory.resolve("peer.p12");
      Process keytool =
          new ProcessBuilder(
                  Path.of(System.getProperty("java.home"), "bin", "keytool").toString(),
                  "-genkeypair",
                  "-keyalg",
                  "EC",
                  "-alias",
                  "peer",
                  "-dname",
                  "CN=peer.example",
                  "-ext",
                  "SAN=DNS:peer.example",
                  "-storepass",
                  "changeit",
                  "-keystore",
                  store.toString())
              .redirectErrorStream(true)
              .start();
      keytool.getInputStream().readAllBytes();
      assertThat(keytool.waitFor()).isZero();
      return KeyStore.getInstance(store.toFile(), "changeit".toCharArray());
    }

    private Path pem(KeyStore keys) throws Exception {
      byte[] certificate = keys.getCertificate("peer").getEncoded();
      return Files.writeString(
          directory.resolve("ca.pem"),
          "-----BEGIN CERTIFICATE-----\n%s\n-----END CERTIFICATE-----\n"
              .formatted(Base64.getMimeEncoder().encodeToString(certificate)));
    }

    private RawServer secure(KeyStore keys, RawServer.Reply reply) throws Exception {
      KeyManagerFactory managers = KeyManagerFactory.getInstance("PKIX");
      managers.init(keys, "changeit".toCharArray());
      SSLContext tls = SSLContext.getInstance("TLS");
      tls.init(managers.getKeyManagers(), null, null);
      return RawServer.on(tls.getServerSocketFactory(), OUTSIDE, 0, reply);
    }
  }
}
