package dev.cambio.gateway.database;

import io.netty.channel.Channel;
import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPromise;
import io.netty.util.concurrent.Future;
import io.vertx.sqlclient.internal.command.CommandBase;
import io.vertx.sqlclient.internal.command.CommandResponse;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Closes a connection whose server owes an answer and is silent for too long: one that was stopped,
 * that hangs in a write, or to which there is no way any more. The server's own time-outs come
 * first where it is well. A commit that hangs is not one of them: no time-out of the server's ends
 * it.
 *
 * <p>The silence is counted in pieces, so that a pause of this process itself is not taken for one
 * of the server. Stands between the codec, which speaks of bytes, and the client, which speaks of
 * commands.
 */
final class AnswerTimeout extends ChannelDuplexHandler {
  private static final int PIECES = 4;

  private final long pieceMillis;
  private @Nullable Future<?> timer;
  private int owed;
  private int silent;

  AnswerTimeout(Duration patience) {
    this.pieceMillis = Math.max(1, patience.toMillis() / PIECES);
  }

  /**
   * Closes a connection without a word: the codec would have the server answer first what it owes.
   */
  static void cut(Channel channel) {
    channel
        .eventLoop()
        .execute(
            () -> {
              @Nullable ChannelHandlerContext nearest = channel.pipeline().firstContext();
              var _ = nearest == null ? channel.close() : nearest.close();
            });
  }

  @Override
  public void write(ChannelHandlerContext context, Object message, ChannelPromise promise)
      throws Exception {
    if (message instanceof CommandBase<?>) {
      owed++;
      if (timer == null) {
        silent = 0;
        next(context);
      }
    }
    super.write(context, message, promise);
  }

  @Override
  public void channelRead(ChannelHandlerContext context, Object message) throws Exception {
    silent = 0;
    if (message instanceof CommandResponse<?> && owed > 0) {
      owed--;
    }
    super.channelRead(context, message);
  }

  private void next(ChannelHandlerContext context) {
    timer =
        context
            .executor()
            .schedule((Runnable) () -> look(context), pieceMillis, TimeUnit.MILLISECONDS);
  }

  private void look(ChannelHandlerContext context) {
    timer = null;
    if (owed == 0) {
      return;
    }
    if (++silent >= PIECES) {
      cut(context.channel());
    } else {
      next(context);
    }
  }

  @Override
  public void channelInactive(ChannelHandlerContext context) throws Exception {
    if (timer != null) {
      timer.cancel(false);
      timer = null;
    }
    super.channelInactive(context);
  }
}
