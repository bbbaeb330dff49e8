package dev.cambio.e2e;

import static dev.cambio.e2e.TokenRequest.SET_JANE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.sun.management.UnixOperatingSystemMXBean;
import dev.cambio.e2e.TokenRequest.Answer;
import dev.cambio.model.bus.Json;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Isolated;

/** Good and bad exchanges for a while; -Dcambio.soak.seconds says for how long. */
@DisplayName("64 clients for a minute")
@Isolated("it measures")
class SoakIT {
  private static final int CLIENTS = 64;
  private static final long SECONDS = Long.getLong("cambio.soak.seconds", 60);
  private static final long WARM_UP_SECONDS = 10;
  private static final long HEAP_MARGIN = 64L << 20;
  private static final int MARGIN = 100;

  private final String run = UUID.randomUUID().toString();
  private final AtomicInteger number = new AtomicInteger();
  private final Map<String, LongAdder> answered = new ConcurrentHashMap<>();
  private final Map<String, String> surprises = new ConcurrentHashMap<>();
  private final String idToken =
      TokenRequest.valid().with("scope", "openid").post().text("id_token");

  /** A kind of request and what is to come of it. */
  private record Kind(String name, Supplier<TokenRequest> request, Predicate<Answer> expected) {}

  private static Predicate<Answer> status(int status) {
    return answer -> answer.status() == status;
  }

  private String unique() {
    return run + "-" + number.incrementAndGet();
  }

  private List<Kind> kinds() {
    List<Kind> kinds = new ArrayList<>();
    kinds.add(new Kind("by id", TokenRequest::valid, status(200)));
    kinds.add(
        new Kind(
            "partner, new user",
            () -> {
              String subject = unique();
              return TokenRequest.quickstart(
                  "urn:acme:partner-token",
                  PartnerTokens.signed(
                      PartnerTokens.claims()
                          .put("sub", subject)
                          .put("email", subject + "@partner.example"),
                      PartnerTokens.SECRET));
            },
            status(200)));
    kinds.add(
        new Kind(
            "by connection",
            () -> {
              int user = number.get() % 100;
              return TokenRequest.running(
                  "api.authentication.setUserByConnection('idp', {user_id: 'soak-%1$d', email:"
                          .formatted(user)
                      + " 'soak-%1$d@a.example'}, {creationBehavior: 'create_if_not_exists'})"
                          .formatted(user));
            },
            status(200)));
    kinds.add(
        new Kind(
            "actor",
            () ->
                TokenRequest.running(
                        SET_JANE
                            + "api.authentication.setActor({sub:"
                            + " event.transaction.actor_token_user.user_id})")
                    .with("actor_token", idToken)
                    .with("actor_token_type", "urn:ietf:params:oauth:token-type:id_token"),
            answer ->
                answer.status() == 200
                    && answer.accessToken().path("act").path("sub").asText().equals("auth0|jane")));
    kinds.add(
        new Kind(
            "bound",
            () ->
                TokenRequest.valid()
                    .with("audience", "https://dpop.contract.example")
                    .header("DPoP", DpopProof.es256().sign()),
            answer -> answer.text("token_type").equals("DPoP")));
    kinds.add(
        new Kind(
            "opaque",
            () -> TokenRequest.valid().without("audience").with("scope", "openid"),
            status(200)));
    kinds.add(
        new Kind("denied", () -> TokenRequest.running("api.access.deny('x', 'no')"), status(400)));
    kinds.add(
        new Kind(
            "denied late",
            () -> TokenRequest.valid().with("post_login", "api.access.deny('no')"),
            status(403)));
    kinds.add(
        new Kind(
            "rejected, allowlisted",
            () -> rejected("203.0.113." + number.get() % 250),
            status(400)));
    kinds.add(
        new Kind(
            "rejected until blocked",
            () -> rejected("198.51.100.200"),
            answer -> answer.status() == 400 || answer.status() == 429));
    kinds.add(
        new Kind(
            "bad secret", () -> TokenRequest.valid().with("client_secret", "wrong"), status(401)));
    kinds.add(
        new Kind(
            "unknown audience",
            () -> TokenRequest.valid().with("audience", "https://unknown.example"),
            status(403)));
    kinds.add(
        new Kind("unreadable", () -> TokenRequest.valid().with("scope", "\u0000"), status(400)));
    return kinds;
  }

  private static TokenRequest rejected(String ip) {
    return TokenRequest.running("api.access.rejectInvalidSubjectToken('forged')")
        .client("proxy")
        .header("auth0-forwarded-for", ip);
  }

  private void client(int index, long deadline) {
    List<Kind> kinds = kinds();
    SplittableRandom random = new SplittableRandom(index);
    while (System.nanoTime() < deadline) {
      Kind kind = kinds.get(random.nextInt(kinds.size()));
      TokenRequest request = kind.request().get().header("User-Agent", "soak/" + unique());
      Answer answer = request.post();
      answered.computeIfAbsent(kind.name(), name -> new LongAdder()).increment();
      if (!kind.expected().test(answer)) {
        surprises.put(kind.name(), answer.error());
      }
    }
  }

  private void traffic(long seconds) throws Exception {
    long deadline = System.nanoTime() + seconds * 1_000_000_000L;
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<?>> clients = new ArrayList<>();
      for (int i = 0; i < CLIENTS; i++) {
        int index = i;
        clients.add(threads.submit(() -> client(index, deadline)));
      }
      for (Future<?> client : clients) {
        client.get();
      }
    }
  }

  private static long usedHeap() {
    for (int i = 0; i < 3; i++) {
      System.gc();
    }
    return ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
  }

  private static long openFiles() {
    return ((UnixOperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean())
        .getOpenFileDescriptorCount();
  }

  private static int threads() {
    return ManagementFactory.getThreadMXBean().getThreadCount();
  }

  @Test
  @DisplayName("get what they asked for, each with its one log row, and leave nothing behind")
  void soak() throws Exception {
    traffic(WARM_UP_SECONDS);
    long heap = usedHeap();
    long files = openFiles();
    int threads = threads();

    traffic(SECONDS);

    assertThat(new TreeMap<>(surprises)).isEmpty();
    assertThat(usedHeap()).isLessThan(heap + HEAP_MARGIN);
    assertThat(openFiles()).isLessThan(files + MARGIN);
    assertThat(threads()).isLessThan(threads + MARGIN);
    requireOneRowEach();
    await().until(SoakIT::isIdle);
    System.out.println("exchanges: " + new TreeMap<>(answered));
  }

  private void requireOneRowEach() {
    long requests = answered.values().stream().mapToLong(LongAdder::sum).sum();
    List<String> rows =
        TestNode.shared()
            .column(
                """
                select count(*) || ' ' || count(distinct payload ->> 'user_agent') from tenant_log
                where payload ->> 'user_agent' like ? and type in ('secte', 'fecte')
                """,
                "soak/" + run + "%");

    assertThat(rows).containsExactly(requests + " " + requests);
  }

  private static boolean isIdle() throws IOException {
    var actions =
        Json.parse(TokenRequest.get(TestNode.shared().ops() + "health/ready").response().body());
    return actions.findValue("busy").asInt() == 0 && actions.findValue("waiting").asInt() == 0;
  }
}
