package dev.cambio.gateway.load;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOutboundHandlerAdapter;
import io.netty.channel.ChannelPromise;
import io.netty.handler.codec.http.HttpMessage;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpStatusClass;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.util.concurrent.Future;
import io.vertx.core.http.HttpConnection;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.impl.Http1xServerConnection;
import io.vertx.core.http.impl.VertxHttpRequestDecoder;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Reads the heads of requests as Vert.x does, but not for ever, and not where two readers could
 * differ on where the body ends: a head must be there in whole a while after the connection or its
 * first byte, however slowly it trickles (but never in the middle of an answer to an earlier one),
 * and {@code Content-Length} beside {@code Transfer-Encoding} makes it invalid (RFC 9112 §6.1)
 * rather than being dropped.
 */
public final class RequestDecoder extends VertxHttpRequestDecoder {
  private final Duration timeout;
  private final Consumer<HttpRequest> check;
  private @Nullable Future<?> timer;
  private boolean inMessage;
  private boolean inHead;

  /** Answers that are yet to be written. */
  private int due;

  /**
   * A decoder of one connection.
   *
   * @param timeout for each head
   * @param check throws for a head that is not to be taken; nothing after it is decoded then
   */
  public RequestDecoder(HttpServerOptions options, Duration timeout, Consumer<HttpRequest> check) {
    super(options);
    this.timeout = timeout;
    this.check = check;
  }

  /**
   * Options of a listener that speaks HTTP/1 alone: what HTTP/2 would need bounds for is not there.
   */
  public static HttpServerOptions options(String host, int port) {
    return new HttpServerOptions()
        .setHost(host)
        .setPort(port)
        .setAcceptBacklog(1024)
        .setUseAlpn(false)
        .setHttp2ClearTextEnabled(false)
        .setSslHandshakeTimeout(10)
        .setSslHandshakeTimeoutUnit(TimeUnit.SECONDS);
  }

  /**
   * Has the connection's heads read by this; to be called before anything of it was read.
   *
   * @param options that its listener was made with
   * @param timeout for each head
   * @param check throws for a head that is not to be taken; nothing after it is decoded then
   */
  public static void install(
      HttpConnection connection,
      HttpServerOptions options,
      Duration timeout,
      Consumer<HttpRequest> check) {
    ChannelHandlerContext context = ((Http1xServerConnection) connection).channelHandlerContext();
    RequestDecoder decoder = new RequestDecoder(options, timeout, check);
    context.pipeline().replace("httpDecoder", "httpDecoder", decoder);
    context.pipeline().addBefore(context.name(), "answers", decoder.answers());
  }

  /** Whether a body follows the head of a request. */
  public static boolean announcesBody(HttpServerRequest request) {
    String length = request.getHeader(HttpHeaders.CONTENT_LENGTH);
    return request.headers().contains(HttpHeaders.TRANSFER_ENCODING)
        || (length != null && !length.equals("0"));
  }

  /** Sees the answers before they are encoded, and so has to stand behind the encoder. */
  ChannelHandler answers() {
    return new Answers();
  }

  @Override
  public void handlerAdded(ChannelHandlerContext context) throws Exception {
    super.handlerAdded(context);
    startTimer(context);
  }

  @Override
  public void channelRead(ChannelHandlerContext context, Object message) throws Exception {
    if (!inMessage && due == 0) {
      startTimer(context);
    }
    super.channelRead(context, message);
  }

  @Override
  protected void decode(ChannelHandlerContext context, ByteBuf bytes, List<Object> out)
      throws Exception {
    int before = out.size();
    super.decode(context, bytes, out);
    for (int i = before; i < out.size(); i++) {
      if (out.get(i) instanceof HttpRequest) {
        inMessage = true;
        inHead = false;
        due++;
        stopTimer();
      }
      if (out.get(i) instanceof LastHttpContent) {
        inMessage = false;
      }
    }
  }

  /** Called when the head is there and its body not yet begun: where it can still be refused. */
  @Override
  protected boolean isContentAlwaysEmpty(HttpMessage message) {
    if (message instanceof HttpRequest request) {
      check.accept(request);
    }
    return super.isContentAlwaysEmpty(message);
  }

  /** Vert.x would answer another version by itself, in that version. */
  @Override
  protected HttpMessage createMessage(String[] line) {
    inHead = true;
    HttpMessage message = super.createMessage(line);
    if (!message.protocolVersion().equals(HttpVersion.HTTP_1_1)
        && !message.protocolVersion().equals(HttpVersion.HTTP_1_0)) {
      throw new IllegalArgumentException("another version than HTTP/1.0 and 1.1");
    }
    return message;
  }

  @Override
  protected void handleTransferEncodingChunkedWithContentLength(HttpMessage message) {
    throw new IllegalArgumentException("Content-Length beside Transfer-Encoding");
  }

  @Override
  public void channelInactive(ChannelHandlerContext context) throws Exception {
    stopTimer();
    super.channelInactive(context);
  }

  @Override
  protected void handlerRemoved0(ChannelHandlerContext context) throws Exception {
    stopTimer();
    super.handlerRemoved0(context);
  }

  private void startTimer(ChannelHandlerContext context) {
    if (timer == null) {
      timer =
          context
              .executor()
              .schedule((Runnable) () -> close(context), timeout.toMillis(), TimeUnit.MILLISECONDS);
    }
  }

  /** What came of the next head meanwhile has all its time from now on; line ends are nothing. */
  private void answered(ChannelHandlerContext context) {
    if (due > 0) {
      due--;
    }
    if (!inMessage && due == 0 && (inHead || actualReadableBytes() > 0)) {
      startTimer(context);
    }
  }

  /** Of one connection, for its decoder. */
  private final class Answers extends ChannelOutboundHandlerAdapter {
    @Override
    public void write(ChannelHandlerContext context, Object message, ChannelPromise promise)
        throws Exception {
      super.write(context, message, promise);
      boolean interim =
          message instanceof HttpResponse response
              && response.status().codeClass() == HttpStatusClass.INFORMATIONAL;
      if (message instanceof LastHttpContent && !interim) {
        answered(context);
      }
    }
  }

  private static void close(ChannelHandlerContext context) {
    var _ = context.close();
  }

  private void stopTimer() {
    if (timer != null) {
      timer.cancel(false);
      timer = null;
    }
  }
}
