package dev.cambio.gateway.http;

import dev.cambio.gateway.error.OAuthException.BodyTooLarge;
import dev.cambio.gateway.error.OAuthException.BodyTooSlow;
import dev.cambio.gateway.inbound.InboundRequest;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerRequest;
import java.time.Duration;

/**
 * Reads a request body as bytes, up to a limit. The parameters are parsed from the bytes later:
 * Vert.x's own form parsing drops what it does not understand.
 */
final class BodyReader {
  private static final int LIMIT = InboundRequest.MAX_BODY;

  private BodyReader() {}

  /** The body; fails if it is too large, or not there in whole when the time is over. */
  static Future<Buffer> read(Vertx vertx, HttpServerRequest request, Duration timeout) {
    Promise<Buffer> body = Promise.promise();
    long timer = vertx.setTimer(timeout.toMillis(), id -> body.tryFail(new BodyTooSlow()));
    body.future().onComplete(done -> vertx.cancelTimer(timer));
    Buffer received = Buffer.buffer();
    request.exceptionHandler(body::tryFail);
    request.handler(
        chunk -> {
          if (received.length() + chunk.length() <= LIMIT) {
            received.appendBuffer(chunk);
          } else {
            body.tryFail(new BodyTooLarge(LIMIT));
          }
        });
    request.endHandler(end -> body.tryComplete(received));
    return body.future();
  }
}
