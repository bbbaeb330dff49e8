package dev.cambio.gateway.http;

import dev.cambio.gateway.error.OAuthException.BodyTooLarge;
import dev.cambio.gateway.inbound.InboundRequest;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerRequest;

/**
 * Reads a request body as bytes, up to a limit. The parameters are parsed from the bytes later:
 * Vert.x's own form parsing drops what it does not understand.
 */
final class BodyReader {
  private static final int LIMIT = InboundRequest.MAX_BODY;

  private BodyReader() {}

  static Future<Buffer> read(HttpServerRequest request) {
    Promise<Buffer> body = Promise.promise();
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
