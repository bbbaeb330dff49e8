package dev.cambio.gateway.load;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import dev.cambio.gateway.load.GatedTransport.Rules;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.net.SelfSignedCertificate;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("Connections beyond the limits")
class AcceptGateTest {
  private static final String REQUEST = "GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n";

  private final ConnectionLimits limits =
      new ConnectionLimits(4, 2, InetAddress.ofLiteral("127.0.0.9")::equals);
  private final InetAddress unwelcome = InetAddress.ofLiteral("127.0.0.66");
  private final Vertx vertx =
      Vertx.builder()
          .withTransport(
              new GatedTransport(options -> new Rules(limits, from -> !from.equals(unwelcome))))
          .build();
  private final List<Socket> open = new ArrayList<>();

  @AfterEach
  void stop() throws IOException {
    for (Socket socket : open) {
      socket.close();
    }
    vertx.close().toCompletionStage().toCompletableFuture().join();
  }

  private int listen(HttpServerOptions options) {
    HttpServer server =
        vertx.createHttpServer(options).requestHandler(request -> request.response().end("in"));
    return server.listen().toCompletionStage().toCompletableFuture().join().actualPort();
  }

  private Socket connect(int port, String from) throws IOException {
    Socket socket =
        new Socket(InetAddress.ofLiteral("127.0.0.1"), port, InetAddress.ofLiteral(from), 0);
    socket.setSoTimeout(20_000);
    open.add(socket);
    return socket;
  }

  /** Sends a request and reads until the end. */
  private String ask(int port, String from) throws IOException {
    try (Socket socket = connect(port, from)) {
      socket.getOutputStream().write(REQUEST.getBytes(US_ASCII));
      return new String(socket.getInputStream().readAllBytes(), US_ASCII);
    } catch (SocketException e) {
      return "";
    }
  }

  /** As many as are to be open; the server counts them in a moment. */
  private void fill(int port, String from, int count) throws IOException {
    for (int i = 0; i < count; i++) {
      connect(port, from);
    }
    awaitOpen(count);
  }

  private void awaitOpen(int count) {
    while (limits.open() != count) {
      Thread.onSpinWait();
    }
  }

  @Test
  @DisplayName("of one address are answered 503 before anything is read; of others they are served")
  void perAddress() throws IOException {
    int port = listen(new HttpServerOptions().setHost("127.0.0.1").setPort(0));
    fill(port, "127.0.0.1", 2);

    String refused = ask(port, "127.0.0.1");

    assertThat(refused)
        .startsWith("HTTP/1.1 503 ")
        .contains("Retry-After: 1\r\n", "Cache-Control: no-store\r\n", "Connection: close\r\n")
        .contains("{\"error\":\"temporarily_unavailable\",");
    assertThat(ask(port, "127.0.0.2")).endsWith("in");
    assertThat(ask(port, "127.0.0.9")).endsWith("in");
  }

  @Test
  @DisplayName("in all are refused to exempt addresses too, until others have gone")
  void inAll() throws IOException {
    int port = listen(new HttpServerOptions().setHost("127.0.0.1").setPort(0));
    fill(port, "127.0.0.9", 4);
    assertThat(ask(port, "127.0.0.9")).startsWith("HTTP/1.1 503 ");
    assertThat(ask(port, "127.0.0.1")).startsWith("HTTP/1.1 503 ");

    open.getFirst().close();
    awaitOpen(3);

    assertThat(ask(port, "127.0.0.1")).endsWith("in");
  }

  @Test
  @DisplayName("count before their TLS handshake, and are closed")
  void tls() throws IOException {
    int port =
        listen(
            new HttpServerOptions()
                .setHost("127.0.0.1")
                .setPort(0)
                .setSsl(true)
                .setKeyCertOptions(SelfSignedCertificate.create().keyCertOptions()));
    fill(port, "127.0.0.1", 2);

    assertThat(ask(port, "127.0.0.1")).isEmpty();
    assertThat(limits.open()).isEqualTo(2);
  }

  @Test
  @DisplayName("and those of an address that may not connect at all are closed")
  void notWelcome() throws IOException {
    int port = listen(new HttpServerOptions().setHost("127.0.0.1").setPort(0));

    assertThat(ask(port, "127.0.0.66")).isEmpty();
    assertThat(limits.open()).isZero();
  }
}
