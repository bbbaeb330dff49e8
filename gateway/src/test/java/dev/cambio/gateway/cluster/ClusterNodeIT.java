package dev.cambio.gateway.cluster;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import com.hazelcast.config.MaxSizePolicy;
import com.hazelcast.core.HazelcastInstance;
import com.hazelcast.map.EntryProcessor;
import com.hazelcast.nio.serialization.HazelcastSerializationException;
import com.hazelcast.spi.impl.SerializationServiceSupport;
import com.hazelcast.spi.merge.ExpirationTimeMergePolicy;
import dev.cambio.e2e.FreePort;
import dev.cambio.gateway.cluster.ClusterSettings.Join;
import dev.cambio.gateway.config.StartupException;
import dev.cambio.model.action.ActionInvocation;
import dev.cambio.model.action.ActionResult;
import dev.cambio.model.action.ActionVersion;
import dev.cambio.model.bus.ActionBus;
import dev.cambio.model.bus.ActionCode;
import dev.cambio.model.bus.DeployedVersions;
import dev.cambio.model.bus.Json;
import dev.cambio.model.bus.PushAnswer;
import dev.cambio.model.bus.TenantEvent;
import dev.cambio.model.bus.TokenAnswer;
import dev.cambio.model.bus.TokenCall;
import dev.cambio.model.cluster.ClusterMember;
import dev.cambio.model.cluster.RecordForm;
import java.io.IOException;
import java.io.InputStream;
import java.io.Serializable;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLException;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509TrustManager;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

@DisplayName("Two members of a cluster, each in a process of its own, and who is none")
class ClusterNodeIT {
  private static final String SECRET = "a cluster secret of more than 32 characters";
  private static final String CLUSTER = "test-" + ProcessHandle.current().pid();

  private static ClusterMember one;
  private static OtherMember two;
  private static int memberPort;
  private static int busPort;
  private static Socket silent;

  @BeforeAll
  static void start() throws Exception {
    memberPort = FreePort.find();
    busPort = FreePort.find();
    // Nobody answers at that port, so it forms a cluster that others can join.
    one = start(Join.TCP_IP, List.of("127.0.0.1:1"), SECRET, memberPort, busPort);
    silent = new Socket(InetAddress.getLoopbackAddress(), memberPort);
    answerCode(one);
    two = OtherMember.start(CLUSTER, memberPort, SECRET);
  }

  @AfterAll
  static void stop() throws Exception {
    silent.close();
    two.close();
    one.close();
  }

  @Test
  void theyTalk() throws Exception {
    assertThat(two.tell("ask")).isEqualTo("code of hash");
    assertThat(two.tell("health")).contains("\"ready\":true", "127.0.0.1:" + memberPort);
  }

  @Test
  @DisplayName("a node alone listens nowhere, and has the maps and the bus")
  void alone() throws Exception {
    Set<String> before = listeners();
    try (ClusterMember node = start(Join.NONE, List.of(), SECRET, 0, 0)) {
      node.hazelcast().getMap(ActionBus.CACHE_MAP).put("k", "v");
      answerCode(node);

      assertThat(node.hazelcast().getMap(ActionBus.CACHE_MAP).get("k")).isEqualTo("v");
      assertThat(OtherMember.ask(node)).isEqualTo(new ActionCode("code of hash"));
      assertThat(node.hazelcast().getCluster().getMembers()).hasSize(1);
      assertThat(node.hazelcast().getConfig().getMapConfigs().values())
          .filteredOn(map -> map.getName().startsWith("cambio."))
          .hasSize(4)
          .allSatisfy(
              map -> {
                assertThat(map.getEvictionConfig().getMaxSizePolicy())
                    .isEqualTo(MaxSizePolicy.USED_HEAP_PERCENTAGE);
                assertThat(map.getMergePolicyConfig().getPolicy())
                    .isEqualTo(ExpirationTimeMergePolicy.class.getName());
                // Whoever waits for the owner does not wait for its backup as well.
                assertThat(map.getBackupCount()).isZero();
                assertThat(map.getAsyncBackupCount()).isOne();
              })
          .extracting(map -> map.getEvictionConfig().getSize())
          .satisfies(shares -> assertThat(shares.stream().mapToInt(i -> i).sum()).isLessThan(34));
      assertThat(listeners()).isEqualTo(before);
    }
  }

  @Test
  @DisplayName("a node with another cluster.secret does not start, and disturbs nobody")
  void anotherSecret() throws Exception {
    assertThatExceptionOfType(StartupException.class)
        .isThrownBy(() -> joining("another cluster secret of 32 characters"))
        .withMessage(
            "CAMBIO_CLUSTER_SECRET: cluster.secret is not the secret of the cluster that"
                + " 127.0.0.1:%d belongs to",
            memberPort);

    assertThat(one.hazelcast().getCluster().getMembers()).hasSize(2);
    assertThat(two.tell("ask")).isEqualTo("code of hash");
  }

  @ParameterizedTest
  @ValueSource(strings = {"HZC", "CP2", "GET /hazelcast/health HTTP/1.1\r\n\r\n", "get a\r\n"})
  @DisplayName("whoever speaks without proof is cut off, in whichever of Hazelcast's protocols")
  void plain(String greeting) throws Exception {
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), memberPort)) {
      socket.getOutputStream().write((greeting + "x".repeat(64)).getBytes(UTF_8));
      assertCutOff(socket);
    }
    assertThat(one.hazelcast().getCluster().getMembers()).hasSize(2);
  }

  @Test
  @DisplayName("TLS without a certificate of the cluster's is no proof")
  void withoutCertificate() throws Exception {
    for (int port : new int[] {memberPort, busPort}) {
      try (Socket socket = trusting().getSocketFactory().createSocket("127.0.0.1", port)) {
        socket.getOutputStream().write("HZC".getBytes(UTF_8));
        assertCutOff(socket);
      } catch (SSLException | SocketException e) {
        // Refused while still writing.
      }
    }
  }

  @Test
  @DisplayName("whoever says nothing is cut off after five seconds")
  void silence() throws Exception {
    assertCutOff(silent);
  }

  static List<RecordForm<?>> forms() {
    return OtherMember.forms();
  }

  @ParameterizedTest
  @MethodSource("forms")
  @DisplayName("every form is as its golden file says, and crosses to where its key lives")
  void crosses(RecordForm<?> form) throws Exception {
    String name =
        "%d-%d-%s.json".formatted(form.getTypeId(), form.version(), form.type().getSimpleName());
    String golden = resource("/cluster-forms/" + name);
    Object value = Json.read(golden, form.type());

    byte[] data =
        ((SerializationServiceSupport) one.hazelcast())
            .getSerializationService()
            .toData(value)
            .toByteArray();
    // Hazelcast's own head: hash and type; then ours: version and length.
    assertThat(new String(data, 13, data.length - 13, UTF_8)).isEqualTo(golden);
    assertThat(data[8]).isEqualTo((byte) form.version());

    String key = keyOfTheOther(name);
    if (value instanceof EntryProcessor<?, ?, ?>) {
      run(one.hazelcast(), value, key);
    } else {
      one.hazelcast().getMap(OtherMember.MAP).set(key, value);
      Object kept = one.hazelcast().getMap(OtherMember.MAP).get(key);
      assertThat(Json.write(Objects.requireNonNull(kept))).isEqualTo(golden);
      assertThat(two.tell("kept " + key)).isEqualTo(golden);
    }
  }

  private record Forgotten(String text) implements Serializable {}

  @Test
  @DisplayName("a type without a form cannot be kept, be it serializable in Java's way or not")
  void forgottenTypes() {
    assertThatExceptionOfType(HazelcastSerializationException.class)
        .isThrownBy(() -> one.hazelcast().getMap(OtherMember.MAP).set("k", new Forgotten("x")))
        .withStackTraceContaining("no form is registered for " + Forgotten.class.getName());
  }

  private static final class Failing implements EntryProcessor<String, Object, Object> {
    @Override
    public Object process(Map.Entry<String, Object> entry) {
      throw new IllegalStateException("not possible");
    }
  }

  @Test
  @DisplayName("a fault on the other member comes back as what it is")
  void faults() {
    String key = keyOfTheOther("fault");
    assertThatExceptionOfType(HazelcastSerializationException.class)
        .isThrownBy(() -> run(one.hazelcast(), new Failing(), key));
    // A processor that runs there and fails there.
    assertThatExceptionOfType(ClassCastException.class)
        .isThrownBy(
            () -> {
              one.hazelcast().getMap(OtherMember.MAP).set(key, "no bucket");
              Object take = Json.read(resource("/cluster-forms/101-1-Take.json"), take().type());
              run(one.hazelcast(), take, key);
            });
  }

  static Stream<Object> messages() throws IOException {
    Path golden = Path.of("..", "shared-model", "src", "test", "resources", "bus");
    ActionVersion version =
        Json.read(Files.readString(golden.resolve("ActionInvocation.json")), ActionInvocation.class)
            .version();
    return Stream.of(
        Json.read(
            Files.readString(golden.resolve("ActionInvocation.json")), ActionInvocation.class),
        Json.read(Files.readString(golden.resolve("ActionResult.json")), ActionResult.class),
        new ActionCode.Request("t", "hash"),
        new ActionCode("code"),
        new DeployedVersions.Request("node"),
        new DeployedVersions("t", List.of(version)),
        new TokenCall("https://t.example/", "192.0.2.1", Map.of("a", "b"), Map.of("c", "d")),
        new TokenAnswer(200, Map.of("a", "b"), "{}"),
        new TenantEvent("t", "secte", "2026-01-01T00:00:00Z", "{}"),
        new PushAnswer("t", "challenge", true));
  }

  @ParameterizedTest
  @MethodSource("messages")
  @DisplayName("every message of the bus crosses to the other process, and comes back the same")
  void messagesCross(Object message) throws Exception {
    assertThat(
            Json.write(
                one.vertx()
                    .eventBus()
                    .request(OtherMember.ECHO, message)
                    .toCompletionStage()
                    .toCompletableFuture()
                    .get(30, TimeUnit.SECONDS)
                    .body()))
        .isEqualTo(Json.write(message));
  }

  private static RecordForm<?> take() {
    return forms().stream().filter(form -> form.getTypeId() == 101).findFirst().orElseThrow();
  }

  @SuppressWarnings("unchecked") // Whether it suits the entry is what the test is about.
  private static void run(HazelcastInstance at, Object processor, String key) {
    at.<String, Object>getMap(OtherMember.MAP)
        .executeOnKey(key, (EntryProcessor<String, Object, Object>) processor);
  }

  private static String keyOfTheOther(String prefix) {
    HazelcastInstance hazelcast = one.hazelcast();
    return IntStream.range(0, 10_000)
        .mapToObj(i -> prefix + i)
        .filter(
            key ->
                !hazelcast
                    .getCluster()
                    .getLocalMember()
                    .equals(hazelcast.getPartitionService().getPartition(key).getOwner()))
        .findFirst()
        .orElseThrow();
  }

  private static String resource(String name) throws IOException {
    try (InputStream file = ClusterNodeIT.class.getResourceAsStream(name)) {
      return new String(Objects.requireNonNull(file, name).readAllBytes(), UTF_8);
    }
  }

  /** What this process listens at. */
  private static Set<String> listeners() throws IOException {
    Set<String> own = new TreeSet<>();
    try (Stream<Path> open = Files.list(Path.of("/proc/self/fd"))) {
      for (Path file : open.toList()) {
        own.add(Files.exists(file) ? Files.readSymbolicLink(file).toString() : "");
      }
    }
    Set<String> listening = new TreeSet<>();
    for (String table : new String[] {"/proc/self/net/tcp", "/proc/self/net/tcp6"}) {
      for (String line : Files.readAllLines(Path.of(table))) {
        String[] columns = line.strip().split("\\s+");
        if (columns[3].equals("0A") && own.contains("socket:[" + columns[9] + "]")) {
          listening.add(columns[1]);
        }
      }
    }
    assertThat(listening).as("ports of the member").isNotEmpty();
    return listening;
  }

  private static void assertCutOff(Socket socket) throws IOException {
    socket.setSoTimeout(20_000);
    byte[] answer;
    try {
      answer = socket.getInputStream().readAllBytes();
    } catch (SocketTimeoutException e) {
      throw e;
    } catch (IOException e) {
      return; // reset, or a TLS alert
    }
    // At most an alert; nothing of the protocols themselves.
    assertThat(answer.length).isLessThan(10);
  }

  private static SSLContext trusting() throws Exception {
    SSLContext context = SSLContext.getInstance("TLSv1.3");
    X509TrustManager everybody =
        new X509TrustManager() {
          @Override
          public void checkClientTrusted(X509Certificate[] chain, String type) {}

          @Override
          public void checkServerTrusted(X509Certificate[] chain, String type) {}

          @Override
          public X509Certificate[] getAcceptedIssuers() {
            return new X509Certificate[0];
          }
        };
    context.init(null, new TrustManager[] {everybody}, null);
    return context;
  }

  private static void answerCode(ClusterMember node) {
    node.vertx()
        .eventBus()
        .<ActionCode.Request>consumer(
            ActionBus.CODE,
            message -> message.reply(new ActionCode("code of " + message.body().contentHash())))
        .completion()
        .toCompletionStage()
        .toCompletableFuture()
        .join();
  }

  private static ClusterMember joining(String secret) {
    return start(Join.TCP_IP, List.of("127.0.0.1:" + memberPort), secret, 0, 0);
  }

  private static ClusterMember start(
      Join join, List<String> members, String secret, int port, int bus) {
    return OtherMember.member(join, CLUSTER, members, secret, port, bus);
  }
}
