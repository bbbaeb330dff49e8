package dev.cambio.gateway.load;

import static java.nio.charset.StandardCharsets.US_ASCII;

import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.socket.SocketChannel;
import io.netty.util.ReferenceCountUtil;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Stands where a listener accepts, before a connection has cost more than its socket: before TLS,
 * and before any byte of it is read. A connection beyond the limits is told so in plain HTTP, or
 * closed where it would have to be told under TLS.
 */
final class AcceptGate extends ChannelInboundHandlerAdapter {
  /** Connections that may be told at a time; others are closed. */
  private static final int TOLD = 256;

  private static final int LINGER_MS = 1000;

  private static final String BODY =
      "{\"error\":\"temporarily_unavailable\","
          + "\"error_description\":\"There are too many connections. Try again in a moment.\"}";

  private static final byte[] ANSWER =
      ("HTTP/1.1 503 Service Unavailable\r\nContent-Type: application/json\r\n"
              + "Cache-Control: no-store\r\nPragma: no-cache\r\nRetry-After: 1\r\n"
              + "Connection: close\r\nContent-Length: "
              + BODY.length()
              + "\r\n\r\n"
              + BODY)
          .getBytes(US_ASCII);

  private final GatedTransport.Rules rules;
  private final boolean tls;
  private final AtomicInteger told = new AtomicInteger();

  AcceptGate(GatedTransport.Rules rules, boolean tls) {
    this.rules = rules;
    this.tls = tls;
  }

  @Override
  public void channelRead(ChannelHandlerContext context, Object message) {
    Channel accepted = (Channel) message;
    // Null for a connection that is gone already.
    if (!(accepted.remoteAddress() instanceof InetSocketAddress peer)
        || !rules.welcome().test(peer.getAddress())) {
      accepted.unsafe().closeForcibly();
      return;
    }
    InetAddress from = peer.getAddress();
    if (rules.limits().enter(from)) {
      accepted.closeFuture().addListener(closed -> rules.limits().leave(from));
      context.fireChannelRead(accepted);
    } else {
      refuse(context, accepted);
    }
  }

  private void refuse(ChannelHandlerContext context, Channel accepted) {
    if (tls || told.incrementAndGet() > TOLD) {
      if (!tls) {
        told.decrementAndGet();
      }
      accepted.unsafe().closeForcibly();
      return;
    }
    accepted.closeFuture().addListener(closed -> told.decrementAndGet());
    accepted.pipeline().addLast(new Refusal());
    context
        .channel()
        .eventLoop()
        .register(accepted)
        .addListener(
            registered -> {
              if (!registered.isSuccess()) {
                accepted.unsafe().closeForcibly();
              }
            });
  }

  /** Says it once, and takes what comes for a moment, so that no reset overtakes the answer. */
  private static final class Refusal extends ChannelInboundHandlerAdapter {
    @Override
    public void channelActive(ChannelHandlerContext context) {
      context
          .writeAndFlush(Unpooled.wrappedBuffer(ANSWER))
          .addListener(
              written -> {
                var _ = ((SocketChannel) context.channel()).shutdownOutput();
              });
      var _ =
          context
              .executor()
              .schedule((Runnable) () -> close(context), LINGER_MS, TimeUnit.MILLISECONDS);
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
      ReferenceCountUtil.release(message);
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
      close(context);
    }

    private static void close(ChannelHandlerContext context) {
      var _ = context.close();
    }
  }
}
