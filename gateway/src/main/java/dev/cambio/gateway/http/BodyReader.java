package dev.cambio.gateway.http;

import dev.cambio.gateway.error.OAuthException.BodyTooLarge;
import dev.cambio.gateway.error.OAuthException.BodyTooSlow;
import dev.cambio.gateway.error.OAuthException.Overloaded;
import dev.cambio.gateway.inbound.InboundRequest;
import dev.cambio.gateway.load.BodyBudget;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpVersion;
import java.time.Duration;

/**
 * Reads a request body as bytes, up to a limit and within the request's share of the budget. The
 * parameters are parsed from the bytes later: Vert.x's own form parsing drops what it does not
 * understand.
 */
final class BodyReader {
  private static final int LIMIT = InboundRequest.MAX_BODY;

  private BodyReader() {}

  /**
   * The body; fails if it is too large, or not there in whole when the time is over, or if there is
   * no room for it. Then the share is given back.
   */
  static Future<Buffer> read(
      Vertx vertx, HttpServerRequest request, Duration timeout, BodyBudget.Share share) {
    if (waitsForContinue(request)) {
      if (announced(request) > LIMIT) {
        share.close();
        return Future.failedFuture(new BodyTooLarge(LIMIT));
      }
      request.response().writeContinue();
    }
    Promise<Buffer> body = Promise.promise();
    long timer = vertx.setTimer(timeout.toMillis(), id -> body.tryFail(new BodyTooSlow()));
    Buffer received = Buffer.buffer();
    body.future().onComplete(done -> vertx.cancelTimer(timer)).onFailure(failed -> share.close());
    request.exceptionHandler(body::tryFail);
    request.handler(
        chunk -> {
          if (body.future().isComplete()) {
            return;
          }
          if (received.length() + chunk.length() > LIMIT) {
            body.tryFail(new BodyTooLarge(LIMIT));
          } else if (!share.take(chunk.length())) {
            body.tryFail(new Overloaded("no room for the body"));
          } else {
            received.appendBuffer(chunk);
          }
        });
    request.endHandler(end -> body.tryComplete(received));
    return body.future();
  }

  /**
   * Whether the sender asks before it sends the body (RFC 9110 §10.1.1). Vert.x could answer that
   * by itself, but to those as well that are refused by their head.
   */
  private static boolean waitsForContinue(HttpServerRequest request) {
    return request.version() == HttpVersion.HTTP_1_1
        && "100-continue".equalsIgnoreCase(request.getHeader(HttpHeaders.EXPECT));
  }

  /** The length that the head tells; 0 if it tells none. */
  private static long announced(HttpServerRequest request) {
    String length = request.getHeader(HttpHeaders.CONTENT_LENGTH);
    try {
      return length == null ? 0 : Long.parseLong(length);
    } catch (NumberFormatException e) {
      return 0;
    }
  }
}
