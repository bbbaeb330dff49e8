package dev.cambio.runtime;

import io.vertx.core.Promise;
import io.vertx.core.Vertx;

/** A server that answers nobody until it is released. */
final class Gate implements AutoCloseable {
  private final Vertx vertx = Vertx.vertx();
  private volatile Promise<Void> released = Promise.promise();
  private final int port =
      vertx
          .createHttpServer()
          .requestHandler(request -> released.future().onSuccess(_ -> request.response().end("go")))
          .listen(0, "127.0.0.1")
          .await()
          .actualPort();

  String address() {
    return "127.0.0.1:" + port;
  }

  void release() {
    released.complete();
  }

  /** Those that come from now on wait for the next release. */
  void shut() {
    released = Promise.promise();
  }

  @Override
  public void close() {
    vertx.close().await();
  }
}
