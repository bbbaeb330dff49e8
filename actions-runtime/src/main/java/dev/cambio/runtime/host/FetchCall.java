package dev.cambio.runtime.host;

import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.HttpClientResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * One {@code fetch} on its way, redirects included. Lives on one event loop context; only {@link
 * #cancel} may come from elsewhere.
 */
final class FetchCall {
  private static final Set<Integer> REDIRECTS = Set.of(301, 302, 303, 307, 308);
  private static final long NO_TIMER = -1;

  private final ActionFetch fetch;
  private final EgressBudget budget;
  private final Consumer<FetchOutcome> outcome;
  private final HeldBodies.Share held;

  /** Whose turn it is where, while a request is on its way. */
  private @Nullable String turn;

  private @Nullable HttpClientRequest current;
  private long timer = NO_TIMER;
  private boolean done;

  FetchCall(ActionFetch fetch, EgressBudget budget, Consumer<FetchOutcome> outcome) {
    this.fetch = fetch;
    this.budget = budget;
    this.outcome = outcome;
    this.held = fetch.held().open(budget.tenant());
  }

  /** Fails the call after that time. */
  void limit(Duration within) {
    long millis = Math.max(1, within.toMillis());
    timer = fetch.vertx().setTimer(millis, _ -> fail(FetchFailure.tooSlow(millis)));
  }

  /** Drops the call: its outcome will not be told any more. */
  void cancel() {
    fetch.loop().runOnContext(_ -> finish());
  }

  /** Its bodies are not held any more. On any thread. */
  void release() {
    held.close();
  }

  void send(FetchRequest request) {
    try {
      count(request);
    } catch (FetchFailure e) {
      fail(e);
      return;
    }
    open(request, e -> sendAgain(request, e));
  }

  private void count(FetchRequest request) throws FetchFailure {
    byte[] body = request.body();
    budget.takeRequest();
    take(body == null ? 0 : body.length);
  }

  private void take(int bytes) throws FetchFailure {
    budget.takeBytes(bytes);
    held.take(bytes);
  }

  private void open(FetchRequest request, Consumer<Throwable> unanswered) {
    String next = budget.tenant() + " " + request.url().hostAndPort();
    leave();
    fetch
        .hosts()
        .enter(
            next,
            () -> {
              turn = next;
              if (done) {
                leave();
              } else {
                openNow(request, unanswered);
              }
            });
  }

  private void leave() {
    String over = turn;
    if (over != null) {
      turn = null;
      fetch.hosts().leave(over);
    }
  }

  private void openNow(FetchRequest request, Consumer<Throwable> unanswered) {
    fetch
        .open(request, budget.tenant())
        .onSuccess(opened -> fetch.loop().runOnContext(_ -> write(request, opened, unanswered)))
        .onFailure(e -> fetch.loop().runOnContext(_ -> fail(e)));
  }

  /**
   * A server may close a kept connection while a request is on its way to it. One that changes
   * nothing is sent once more then (RFC 9110 §9.2.2), if the run may make one more request.
   */
  private void sendAgain(FetchRequest request, Throwable e) {
    if (done || !request.isSafe() || !FetchFailure.isClosedConnection(e)) {
      fail(e);
      return;
    }
    try {
      count(request);
      open(request, this::fail);
    } catch (FetchFailure spent) {
      fail(e);
    }
  }

  private void fail(Throwable e) {
    if (finish()) {
      outcome.accept(FetchOutcome.Failed.of(FetchFailure.of(e, budget.limits())));
    }
  }

  private void write(
      FetchRequest request, HttpClientRequest opened, Consumer<Throwable> unanswered) {
    if (done) {
      opened.reset();
      return;
    }
    current = opened;
    byte[] body = request.body();
    (body == null ? opened.send() : opened.send(Buffer.buffer(body)))
        .onSuccess(response -> read(request, response))
        .onFailure(unanswered::accept);
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
      FetchRequest next =
          request.redirected(response.statusCode(), location, budget.limits().redirects());
      response.exceptionHandler(_ -> {});
      response.request().reset();
      if (!done) {
        send(next);
      }
    } catch (FetchFailure e) {
      fail(e);
    }
  }

  private void collect(FetchRequest request, HttpClientResponse response) {
    Buffer body = Buffer.buffer();
    response.exceptionHandler(this::fail);
    response.handler(
        chunk -> {
          try {
            take(body, chunk);
          } catch (FetchFailure e) {
            fail(e);
          }
        });
    response.endHandler(
        _ -> {
          current = null;
          if (finish()) {
            outcome.accept(answered(request, response, body.getBytes()));
          }
        });
  }

  /** Counted as it comes out of decompression, so that little data cannot become much. */
  private void take(Buffer body, Buffer chunk) throws FetchFailure {
    int most = budget.limits().responseBytes();
    if (done) {
      return;
    }
    if (body.length() + chunk.length() > most) {
      throw FetchFailure.limit("the response body is larger than " + most + " bytes");
    }
    take(chunk.length());
    body.appendBuffer(chunk);
  }

  private static FetchOutcome answered(
      FetchRequest request, HttpClientResponse response, byte[] body) {
    List<FetchRequest.Header> headers = new ArrayList<>();
    for (Map.Entry<String, String> header : response.headers()) {
      headers.add(new FetchRequest.Header(header.getKey(), header.getValue()));
    }
    return new FetchOutcome.Answered(
        response.statusCode(),
        response.statusMessage(),
        request.url().toString(),
        request.hops() > 0,
        headers,
        body);
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
    leave();
    return true;
  }
}
