package dev.cambio.gateway.http;

import com.fasterxml.jackson.databind.JsonNode;
import dev.cambio.gateway.error.Faults;
import dev.cambio.gateway.error.OAuthException;
import dev.cambio.model.bus.Json;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpConnection;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import java.util.Map;

/** Writes JSON answers; the only place where an error of the token endpoint becomes one. */
final class Responses {
  private static final long LINGER_MS = 1000;

  private Responses() {}

  /**
   * An answer.
   *
   * @param body a missing node for none
   * @param headers beside {@code Content-Type}; one that does not say how the answer may be kept is
   *     not kept at all (RFC 6749 §5.1), and so is none of the refusals
   */
  record Answer(int status, JsonNode body, Map<String, String> headers) {}

  static Answer refusal(Throwable thrown) {
    OAuthException refusal = Faults.refusal(thrown);
    Faults.report(refusal);
    return new Answer(refusal.status(), refusal.body(), refusal.headers());
  }

  /** Writes the answer; completes when it is on its way, or need not be. */
  static Future<Void> send(HttpServerResponse response, Answer answer) {
    if (response.ended() || response.closed()) {
      return Future.succeededFuture();
    }
    response.setStatusCode(answer.status());
    if (!answer.headers().containsKey("Cache-Control")) {
      response.putHeader("Cache-Control", "no-store").putHeader("Pragma", "no-cache");
    }
    answer.headers().forEach(response::putHeader);
    if (answer.body().isMissingNode()) {
      return response.end();
    } else {
      response.putHeader("Content-Type", "application/json");
      return response.end(Buffer.buffer(Json.writeBytes(answer.body())));
    }
  }

  /**
   * Answers a request whose body is not waited for: it may still be on its way, or never come. What
   * comes within a moment is dropped, so that no reset overtakes the answer; then the connection is
   * closed.
   */
  static void refuse(Vertx vertx, HttpServerRequest request, Answer answer) {
    request.response().putHeader("Connection", "close");
    send(request.response(), answer).onComplete(sent -> close(vertx, request));
  }

  private static void close(Vertx vertx, HttpServerRequest request) {
    HttpConnection connection = request.connection();
    if (request.isEnded()) {
      connection.close();
      return;
    }
    long timer = vertx.setTimer(LINGER_MS, late -> connection.close());
    connection.closeHandler(closed -> vertx.cancelTimer(timer));
    request.exceptionHandler(broken -> connection.close());
    request.handler(dropped -> {});
    request.endHandler(end -> connection.close());
  }
}
