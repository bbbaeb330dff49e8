package dev.cambio.gateway.http;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import dev.cambio.gateway.error.OAuthException.Overloaded;
import dev.cambio.gateway.load.BodyBudget;
import dev.cambio.gateway.load.Drain;
import dev.cambio.gateway.load.HeapHeadroom;
import dev.cambio.gateway.load.HeapHeadroom.Reading;
import dev.cambio.gateway.load.RequestDecoder;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.HttpServerRequest;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@DisplayName("RFC 9110 §10.1.1: Expect: 100-continue")
class BodyReaderTest {
  private static final Duration LONG = Duration.ofSeconds(60);

  private final Vertx vertx = Vertx.vertx();
  private final BodyBudget budget = new BodyBudget(4 << 20, address -> true);
  private final HeapHeadroom headroom =
      new HeapHeadroom(85, () -> new Reading(1, 10, 10, 100), () -> {});
  private final int port = listen();

  private int listen() {
    HttpServerOptions options = RequestDecoder.options("127.0.0.1", 0);
    Entrance entrance = new Entrance(vertx, headroom, new Drain(Duration.ZERO), this::answer);
    return vertx
        .createHttpServer(options)
        .connectionHandler(
            connection ->
                RequestDecoder.install(connection, options, LONG, RequestHead::requireSound))
        .requestHandler(entrance)
        .invalidRequestHandler(entrance::refuseUndecoded)
        .listen()
        .toCompletionStage()
        .toCompletableFuture()
        .join()
        .actualPort();
  }

  /** As the routes do. */
  private void answer(HttpServerRequest request) {
    Optional<BodyBudget.Share> share =
        "/full".equals(request.path()) ? Optional.empty() : budget.open("192.0.2.1");
    if (share.isEmpty()) {
      Responses.refuse(vertx, request, Responses.refusal(new Overloaded("full")));
      return;
    }
    BodyReader.read(vertx, request, LONG, share.get())
        .onSuccess(
            body -> {
              share.get().close();
              request.response().end(body);
            })
        .onFailure(failure -> Responses.refuse(vertx, request, Responses.refusal(failure)));
  }

  @AfterEach
  void stop() {
    headroom.close();
    vertx.close().toCompletionStage().toCompletableFuture().join();
  }

  private Socket send(String line, String headers) throws IOException {
    Socket socket = new Socket(InetAddress.getLoopbackAddress(), port);
    socket.setSoTimeout(10_000);
    String head = line + "\r\nHost: a\r\n" + headers + "\r\n\r\n";
    socket.getOutputStream().write(head.getBytes(ISO_8859_1));
    return socket;
  }

  @ParameterizedTest
  @DisplayName("who asks is told to send the body, however it is spelt")
  @CsvSource({"100-continue", "100-Continue"})
  void told(String expectation) throws IOException {
    try (Socket socket = send("POST / HTTP/1.1", "Content-Length: 3\r\nExpect: " + expectation)) {
      String told = "HTTP/1.1 100 Continue\r\n\r\n";
      assertThat(read(socket, told.length())).isEqualTo(told);

      socket.getOutputStream().write("abc".getBytes(ISO_8859_1));

      String answer = "HTTP/1.1 200 OK\r\ncontent-length: 3\r\n\r\nabc";
      assertThat(read(socket, answer.length())).isEqualTo(answer);
      assertThat(budget.taken()).isZero();
    }
  }

  private static String read(Socket socket, int length) throws IOException {
    return new String(socket.getInputStream().readNBytes(length), ISO_8859_1);
  }

  @ParameterizedTest
  @DisplayName("who is refused by the head is not asked for the body")
  @CsvSource({
    "POST /full HTTP/1.1,Content-Length: 3,503",
    "POST / HTTP/1.1,Content-Length: 300000,413",
    "POST a HTTP/1.1,Content-Length: 3,400",
  })
  void refused(String line, String length, String status) throws IOException {
    try (Socket socket = send(line, length + "\r\nExpect: 100-continue")) {
      String answer = new String(socket.getInputStream().readAllBytes(), ISO_8859_1);

      assertThat(answer).startsWith("HTTP/1.1 " + status + " ").doesNotContain("100 Continue");
      assertThat(budget.taken()).isZero();
    }
  }

  @Test
  @DisplayName("HTTP/1.0 knows no such answer")
  void older() throws IOException {
    try (Socket socket = send("POST / HTTP/1.0", "Content-Length: 3\r\nExpect: 100-continue")) {
      socket.getOutputStream().write("abc".getBytes(ISO_8859_1));
      assertThat(new String(socket.getInputStream().readAllBytes(), ISO_8859_1))
          .startsWith("HTTP/1.0 200 OK");
    }
  }
}
