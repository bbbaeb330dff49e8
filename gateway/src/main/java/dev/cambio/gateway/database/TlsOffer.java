package dev.cambio.gateway.database;

import dev.cambio.gateway.error.Outage;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.net.NetClient;
import io.vertx.core.net.NetClientOptions;
import io.vertx.core.net.NetSocket;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * Whether the server speaks TLS, asked on a connection of its own that is closed again
 * (PostgreSQL's protocol, "SSL Session Encryption"). The client library would ask on the connection
 * to be, and leave it open after a no: the server then waits a minute for what never comes, and
 * does not stop meanwhile. The answer is kept until it is forgotten. Thread-safe.
 */
final class TlsOffer {
  private static final Buffer REQUEST = Buffer.buffer().appendInt(8).appendInt(80877103);

  private final NetClient client;
  private final DatabaseUrl url;
  private final Duration patience;
  private volatile Future<Boolean> known = unknown();

  /**
   * An offer that is not known yet.
   *
   * @param patience for the connection, and again for the answer
   */
  TlsOffer(Vertx vertx, DatabaseUrl url, Duration patience) {
    this.client =
        vertx.createNetClient(new NetClientOptions().setConnectTimeout((int) patience.toMillis()));
    this.url = url;
    this.patience = patience;
  }

  private static Future<Boolean> unknown() {
    return Future.failedFuture(new Outage("the server was not asked for TLS"));
  }

  /** Whether it does; fails if the server gives no answer. */
  Future<Boolean> get() {
    Future<Boolean> last = known;
    return last.succeeded()
        ? last
        : ask().onSuccess(answer -> known = Future.succeededFuture(answer));
  }

  /** The server may be another by now. */
  void forget() {
    known = unknown();
  }

  private Future<Boolean> ask() {
    return client.connect(url.port(), url.host()).compose(this::ask);
  }

  private Throwable told(Throwable failure) {
    return failure instanceof TimeoutException
        ? new Outage("no answer within " + patience.toMillis() + " ms")
        : failure;
  }

  private Future<Boolean> ask(NetSocket socket) {
    Promise<Boolean> answer = Promise.promise();
    socket.handler(bytes -> answer.tryComplete(bytes.getByte(0) == 'S'));
    socket.exceptionHandler(answer::tryFail);
    socket.closeHandler(closed -> answer.tryFail(new Outage("the server closed the connection")));
    return socket
        .write(REQUEST)
        .compose(sent -> answer.future())
        .timeout(patience.toMillis(), TimeUnit.MILLISECONDS)
        .recover(failure -> Future.failedFuture(told(failure)))
        .eventually(socket::close);
  }
}
