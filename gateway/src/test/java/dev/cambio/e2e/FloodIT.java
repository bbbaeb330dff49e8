package dev.cambio.e2e;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import dev.cambio.gateway.Node;
import dev.cambio.gateway.NodeConfiguration;
import dev.cambio.gateway.database.TestPostgres;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Floods of a node whose bounds are as small as can be; it runs no Actions. */
@DisplayName("token-endpoint §1.1: a flood takes no more than its bounds, and honest requests pass")
class FloodIT {
  private static final int CONNECTIONS = 60;
  private static final int HEADER_TIMEOUT_MS = 1000;
  private static final int BODY = 250_000;

  /** Half of the budget by the bodies that fit, each with its head. */
  private static final int FITTING = 2 * 1024 * 1024 / (BODY + 8 * 1024);

  private static Node node;

  @TempDir static Path directory;

  private final List<Socket> sockets = new ArrayList<>();

  @BeforeAll
  static void start() throws IOException {
    node =
        Node.start(
            NodeConfiguration.from(
                TestNode.settings(
                    TestPostgres.create().url(),
                    directory,
                    Map.of(
                        "roles", "gateway",
                        "cluster.join", "tcp-ip",
                        "cluster.members", "127.0.0.1:1",
                        "cluster.secret", "cluster-secret-0123456789abcdef-0123456789",
                        "cluster.port", Integer.toString(FreePort.find()),
                        "http.max-connections", Integer.toString(CONNECTIONS),
                        "http.body-budget-mb", "4",
                        "http.header-timeout-ms", Integer.toString(HEADER_TIMEOUT_MS),
                        "http.body-timeout-ms", "60000"))),
            Clock.systemUTC());
  }

  @AfterAll
  static void stop() {
    node.close();
  }

  @AfterEach
  void hangUp() throws IOException {
    for (Socket socket : sockets) {
      socket.close();
    }
  }

  private Socket connect(String bytes) throws IOException {
    Socket socket = new Socket(InetAddress.ofLiteral("127.0.0.1"), node.httpPort());
    sockets.add(socket);
    try {
      socket.getOutputStream().write(bytes.getBytes(US_ASCII));
    } catch (SocketException e) {
      // Refused before all of it was sent.
    }
    return socket;
  }

  private static String head(int length) {
    return "POST /oauth/token HTTP/1.1\r\nHost: localhost:%d\r\nContent-Length: %d\r\n\r\n"
        .formatted(node.httpPort(), length);
  }

  /** Whether something has come back. */
  private static boolean answered(Socket socket) {
    try {
      return socket.getInputStream().available() > 0;
    } catch (IOException e) {
      return true;
    }
  }

  private static void honestRequestPasses() {
    assertThat(
            TokenRequest.quickstart(
                    "http://localhost:" + node.httpPort() + "/", "urn:acme:none", "x")
                .with("grant_type", "client_credentials")
                .with("client_id", "quickstart-admin")
                .with("client_secret", "quickstart-admin-secret-0123456789abcdef")
                .with("audience", "http://localhost:" + node.httpPort() + "/api/v2/")
                .without("subject_token")
                .without("subject_token_type")
                .post()
                .status())
        .isEqualTo(200);
  }

  @Test
  @DisplayName("unfinished bodies: 503 for those that do not fit, and the others can be finished")
  void unfinishedBodies() throws Exception {
    for (int i = 0; i < CONNECTIONS - 10; i++) {
      connect(head(BODY + 1) + "x".repeat(BODY));
    }
    while (sockets.stream().filter(FloodIT::answered).count() < sockets.size() - FITTING) {
      Thread.onSpinWait();
    }

    honestRequestPasses();
    int finished = 0;
    for (Socket socket : sockets) {
      if (!answered(socket)) {
        socket.getOutputStream().write('x');
        assertThat(new String(socket.getInputStream().readNBytes(12), US_ASCII))
            .isEqualTo("HTTP/1.1 415");
        finished++;
      } else {
        assertThat(read(socket)).startsWith("HTTP/1.1 503").contains("Retry-After: 1");
      }
    }
    assertThat(finished).isBetween(1, FITTING);
    honestRequestPasses();
  }

  private static String read(Socket socket) throws IOException {
    socket.setSoTimeout(20_000);
    return new String(socket.getInputStream().readNBytes(200), US_ASCII);
  }

  @Test
  @DisplayName("too many connections: 503, while probes are answered, until some have gone")
  void connections() throws Exception {
    for (int i = 0; i < CONNECTIONS; i++) {
      connect(head(2) + "{");
    }
    String refused = "";
    while (!refused.startsWith("HTTP/1.1 503")) { // those before are being accepted still
      Socket beyond = connect("");
      beyond.setSoTimeout(500);
      try {
        refused = new String(beyond.getInputStream().readNBytes(12), US_ASCII);
      } catch (SocketTimeoutException e) {
        beyond.close();
      }
    }
    // There is no Actions node, so it is not ready; but it says so.
    assertThat(
            TokenRequest.get("http://127.0.0.1:" + node.opsPort() + "/health/ready")
                .response()
                .body())
        .contains("\"heap\":{\"status\":\"UP\"");

    hangUp();
    while (!passes()) {
      Thread.onSpinWait();
    }
  }

  private static boolean passes() {
    return TokenRequest.get(
                "http://localhost:" + node.httpPort() + "/.well-known/openid-configuration")
            .status()
        == 200;
  }

  @Test
  @DisplayName("heads that trickle are cut off, at the operations port too")
  void trickle() throws Exception {
    for (int i = 0; i < 20; i++) {
      connect("POST /oauth/token HTTP/1.1\r\n");
    }
    Socket probe = new Socket(InetAddress.ofLiteral("127.0.0.1"), node.opsPort());
    probe.getOutputStream().write('G');
    sockets.add(probe);
    honestRequestPasses();

    int open = sockets.size();
    for (int drops = 0; open > 0; drops++) {
      // A byte every now and then, for as long as it takes the node to lose patience.
      assertThat(drops).isLessThan(600);
      open = 0;
      for (Socket socket : sockets) {
        open += trickles(socket) ? 1 : 0;
      }
    }
  }

  private static boolean trickles(Socket socket) {
    try {
      socket.getOutputStream().write('x');
      socket.setSoTimeout(50);
      return socket.getInputStream().read() >= 0;
    } catch (SocketTimeoutException e) {
      return true;
    } catch (IOException e) {
      return false;
    }
  }

  @Test
  @DisplayName("HTTP/2 is not spoken, neither from the start nor by upgrade")
  void http2() throws Exception {
    String upgrade =
        String.join(
            "\r\n",
            "GET /.well-known/openid-configuration HTTP/1.1",
            "Host: localhost:" + node.httpPort(),
            "Connection: Upgrade, HTTP2-Settings",
            "Upgrade: h2c",
            "HTTP2-Settings: AAMAAABkAAQAAP__",
            "",
            "");

    assertThat(read(connect("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"))).startsWith("HTTP/1.0 400");
    assertThat(read(connect(upgrade))).startsWith("HTTP/1.1 200");
  }
}
