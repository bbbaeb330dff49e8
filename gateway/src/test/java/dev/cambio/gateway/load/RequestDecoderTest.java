package dev.cambio.gateway.load;

import static io.netty.handler.codec.http.HttpResponseStatus.CONTINUE;
import static io.netty.handler.codec.http.HttpResponseStatus.OK;
import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.util.ReferenceCountUtil;
import io.vertx.core.http.HttpServerOptions;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Time stands still and passes when the test says so. */
class RequestDecoderTest {
  private static final String HEAD = "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\n";

  private final EmbeddedChannel channel = new EmbeddedChannel();

  @BeforeEach
  void begin() {
    channel.freezeTime();
    RequestDecoder decoder =
        new RequestDecoder(new HttpServerOptions(), Duration.ofSeconds(10), head -> {});
    channel.pipeline().addLast(decoder, decoder.answers());
  }

  @AfterEach
  void end() {
    channel.finishAndReleaseAll();
  }

  private void pass(int seconds) {
    channel.advanceTimeBy(seconds, TimeUnit.SECONDS);
    channel.runScheduledPendingTasks();
  }

  private void send(String bytes) {
    channel.writeInbound(Unpooled.copiedBuffer(bytes, ISO_8859_1));
  }

  private void answer(HttpResponseStatus status) {
    channel.writeOutbound(
        new DefaultFullHttpResponse(HttpVersion.HTTP_1_1, status, Unpooled.EMPTY_BUFFER));
  }

  @Test
  @DisplayName("a connection that says nothing is closed")
  void silence() {
    pass(9);
    assertThat(channel.isOpen()).isTrue();
    pass(1);
    assertThat(channel.isOpen()).isFalse();
  }

  @ParameterizedTest
  @DisplayName("so is one whose head trickles, and one that sends nothing but line ends")
  @ValueSource(strings = {"POST /oauth/token HTTP/1.1\r\nX: ", ""})
  void trickle(String beginning) {
    send(beginning);
    for (int i = 0; i < 9; i++) {
      pass(1);
      send(beginning.isEmpty() ? "\r\n" : "x");
    }
    assertThat(channel.isOpen()).isTrue();
    pass(1);
    assertThat(channel.isOpen()).isFalse();
  }

  @Test
  @DisplayName("a head in time leaves all time to the body, and to the wait for the next head")
  void honest() {
    pass(9);
    send(HEAD.substring(0, 20));
    send(HEAD.substring(20));
    pass(100);
    send("abc");
    pass(80);
    answer(OK);
    pass(80);
    assertThat(channel.isOpen()).isTrue();

    send("GET");
    pass(9);
    assertThat(channel.isOpen()).isTrue();
    pass(1);
    assertThat(channel.isOpen()).isFalse();
  }

  @ParameterizedTest
  @DisplayName("what comes of the next head during an answer has its time when that is written")
  @ValueSource(strings = {"G", "GET / HTTP/1.1\r\n", "GET / HTTP/1.1\r\nHost: "})
  void during(String beginning) {
    send(HEAD + "abc" + HEAD + "abc" + beginning);
    pass(100);
    answer(OK);
    pass(100);
    answer(CONTINUE);
    pass(100);
    assertThat(channel.isOpen()).isTrue();

    answer(OK);
    pass(9);
    send(beginning.length() > 1 ? "" : "E");
    assertThat(channel.isOpen()).isTrue();
    pass(1);
    assertThat(channel.isOpen()).isFalse();
  }

  @Test
  @DisplayName("RFC 9112 §2.2: a line end after a body is no beginning of a head")
  void strayLineEnd() {
    send(HEAD + "abc\r\n");
    pass(5);
    send("\r\n");
    pass(100);
    answer(OK);
    pass(80);
    assertThat(channel.isOpen()).isTrue();

    send("\r\n");
    pass(10);
    assertThat(channel.isOpen()).isFalse();
  }

  @Test
  @DisplayName("an answer in the middle of a body leaves the body its time")
  void early() {
    send(HEAD + "a");
    answer(OK);
    pass(80);
    assertThat(channel.isOpen()).isTrue();
  }

  @ParameterizedTest
  @DisplayName(
      "RFC 9112 §6.1: a length beside a coding makes a head invalid, whichever comes first")
  @ValueSource(
      strings = {
        "Content-Length: 3\r\nTransfer-Encoding: chunked\r\n",
        "Transfer-Encoding: chunked\r\nContent-Length: 3\r\n",
        "Transfer-Encoding: gzip, chunked\r\nContent-Length: 3\r\n",
      })
  void framing(String headers) {
    send("POST / HTTP/1.1\r\nHost: a\r\n" + headers + "\r\n");

    HttpRequest request = channel.readInbound();
    assertThat(request.decoderResult().isFailure()).isTrue();
    ReferenceCountUtil.release(request);
  }
}
