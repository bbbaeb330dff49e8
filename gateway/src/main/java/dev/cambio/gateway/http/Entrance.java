package dev.cambio.gateway.http;

import dev.cambio.gateway.error.OAuthException;
import dev.cambio.gateway.error.OAuthException.HeadTooLarge;
import dev.cambio.gateway.error.OAuthException.Overloaded;
import dev.cambio.gateway.error.OAuthException.RequestInvalid;
import dev.cambio.gateway.http.Responses.Answer;
import dev.cambio.gateway.load.Drain;
import dev.cambio.gateway.load.HeapHeadroom;
import dev.cambio.gateway.management.ManagementApi;
import io.netty.handler.codec.http.TooLongHttpHeaderException;
import io.netty.handler.codec.http.TooLongHttpLineException;
import io.vertx.core.Handler;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerRequest;

/** What every request passes before its route is looked for. */
final class Entrance implements Handler<HttpServerRequest> {
  private final Vertx vertx;
  private final HeapHeadroom headroom;
  private final Drain drain;
  private final Handler<HttpServerRequest> routes;

  Entrance(Vertx vertx, HeapHeadroom headroom, Drain drain, Handler<HttpServerRequest> routes) {
    this.vertx = vertx;
    this.headroom = headroom;
    this.drain = drain;
    this.routes = routes;
  }

  @Override
  public void handle(HttpServerRequest request) {
    if (drain.isBegun()) {
      // The client's next request goes to another node, on a connection that it makes for it.
      request.response().putHeader(HttpHeaders.CONNECTION, HttpHeaders.CLOSE);
    }
    if (headroom.isShort()) {
      Overloaded refusal = new Overloaded("the heap is short");
      Responses.refuse(vertx, request, refusal(request, refusal));
      return;
    }
    routes.handle(request);
  }

  /** Answers what could not be decoded as HTTP, or has no sound head (see {@link RequestHead}). */
  void refuseUndecoded(HttpServerRequest request) {
    OAuthException refusal =
        switch (request.decoderResult().cause()) {
          case RequestInvalid unsound -> unsound;
          case TooLongHttpLineException tooLong -> HeadTooLarge.line();
          case TooLongHttpHeaderException tooLong -> HeadTooLarge.fields();
          case null, default -> new RequestInvalid("The request is not valid HTTP");
        };
    Responses.refuse(vertx, request, refusal(request, refusal));
  }

  /** In the form of the API that was asked, as far as the target can be read. */
  static Answer refusal(HttpServerRequest request, Throwable failure) {
    return Routes.isManagement(request.uri())
        ? Routes.answer(ManagementApi.refusal(failure))
        : Responses.refusal(failure);
  }
}
