package dev.cambio.runtime.host;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.cambio.model.bus.Json;
import dev.cambio.runtime.process.GuestServices;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.HttpClientResponse;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * One {@code fetch} on its way, redirects included. Lives on one event loop context; only {@link
 * #cancel} may come from elsewhere.
 */
final class FetchCall {
  private static final int MAX_BODY = 5 * 1024 * 1024;
  private static final Set<Integer> REDIRECTS = Set.of(301, 302, 303, 307, 308);
  private static final long NO_TIMER = -1;

  private final ActionFetch fetch;
  private final GuestServices.Completion completion;
  private @Nullable HttpClientRequest current;
  private long timer = NO_TIMER;
  private boolean done;

  FetchCall(ActionFetch fetch, GuestServices.Completion completion) {
    this.fetch = fetch;
    this.completion = completion;
  }

  /** Fails the call after that time. */
  void limit(Duration within) {
    timer = fetch.vertx().setTimer(Math.max(1, within.toMillis()), _ -> fail("it took too long"));
  }

  /** Drops the call: its completion will not be called any more. */
  void cancel() {
    fetch.loop().runOnContext(_ -> finish());
  }

  void send(FetchRequest request) {
    fetch
        .open(request)
        .onSuccess(opened -> fetch.loop().runOnContext(_ -> write(request, opened)))
        .onFailure(e -> fetch.loop().runOnContext(_ -> fail(e)));
  }

  void fail(String message) {
    if (finish()) {
      ObjectNode head = JsonNodeFactory.instance.objectNode().put("message", message);
      completion.complete(false, Json.write(head), null);
    }
  }

  private void fail(Throwable e) {
    switch (e) {
      case FetchRequest.Refused refused -> fail(refused.reason());
      case UnknownHostException _ -> fail("the host name cannot be resolved");
      default -> fail("the request failed: " + innermost(e).getMessage());
    }
  }

  // For TLS only the innermost cause says what is wrong with the certificate.
  private static Throwable innermost(Throwable e) {
    Throwable cause = e;
    while (cause.getCause() != null) {
      cause = cause.getCause();
    }
    return cause;
  }

  private void write(FetchRequest request, HttpClientRequest opened) {
    if (done) {
      opened.reset();
      return;
    }
    current = opened;
    byte[] body = request.body();
    (body == null ? opened.send() : opened.send(Buffer.buffer(body)))
        .onSuccess(response -> read(request, response))
        .onFailure(this::fail);
  }

  private void read(FetchRequest request, HttpClientResponse response) {
    String location = response.getHeader("location");
    if (location == null
        || !REDIRECTS.contains(response.statusCode())
        || request.redirect() == FetchRequest.Redirect.MANUAL) {
      collect(request, response);
      return;
    }
    try {
      FetchRequest next = request.redirected(response.statusCode(), location);
      response.exceptionHandler(_ -> {});
      response.request().reset();
      send(next);
    } catch (FetchRequest.Refused e) {
      fail(e);
    }
  }

  private void collect(FetchRequest request, HttpClientResponse response) {
    Buffer body = Buffer.buffer();
    response.exceptionHandler(this::fail);
    response.handler(
        chunk -> {
          if (body.length() + chunk.length() > MAX_BODY) {
            fail("the response body is too large");
          } else if (!done) {
            body.appendBuffer(chunk);
          }
        });
    response.endHandler(
        _ -> {
          current = null;
          if (finish()) {
            completion.complete(true, head(request, response), body.getBytes());
          }
        });
  }

  private static String head(FetchRequest request, HttpClientResponse response) {
    ObjectNode head =
        JsonNodeFactory.instance
            .objectNode()
            .put("status", response.statusCode())
            .put("statusText", response.statusMessage())
            .put("url", request.url().toString())
            .put("redirected", request.hops() > 0);
    ArrayNode headers = head.putArray("headers");
    for (Map.Entry<String, String> header : response.headers()) {
      headers.addArray().add(header.getKey()).add(header.getValue());
    }
    return Json.write(head);
  }

  // True for the first caller only: a call ends once.
  private boolean finish() {
    if (done) {
      return false;
    }
    done = true;
    fetch.vertx().cancelTimer(timer);
    if (current != null) {
      // Only matters if a response is still on its way.
      current.reset();
    }
    return true;
  }
}
