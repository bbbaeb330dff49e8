package dev.cambio.runtime.host;

import io.vertx.core.AsyncResult;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.HttpClientResponse;
import java.net.InetAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * One {@code fetch} on its way, redirects included. Lives on one event loop context; only {@link
 * #cancel} and {@link #release} may come from elsewhere.
 *
 * <p>What it waits for may go on after its end: a name server that is silent, a connection that is
 * being made. So callbacks hold the call and never a request or a body, which the call lets go of
 * when it ends; else they would take memory that nobody counts any more.
 */
final class FetchCall {
  private static final Set<Integer> REDIRECTS = Set.of(301, 302, 303, 307, 308);
  private static final long NO_TIMER = -1;

  private final ActionFetch fetch;
  private final EgressBudget budget;
  private final HeldBodies.Share held;

  /** Who is told; absent when the call has ended. */
  private @Nullable Consumer<FetchOutcome> outcome;

  /** The hop that is on its way; absent when the call has ended. */
  private @Nullable FetchRequest request;

  /** What has come of the answer's body; absent when the call has ended. */
  private @Nullable Buffer received;

  private Turns.@Nullable Place name;
  private Turns.@Nullable Place host;
  private @Nullable HttpClientRequest current;
  private long timer = NO_TIMER;
  private boolean repeated;
  private boolean connecting;
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

  /** Drops the call and its bodies: its outcome will not be told any more. */
  void cancel() {
    fetch
        .loop()
        .runOnContext(
            _ -> {
              finish();
              // Not before: until then it holds them, whatever the tenant is told to have left.
              release();
            });
  }

  /** The outcome was told, and what was told is not held any more. On any thread. */
  void release() {
    held.close();
  }

  void send(FetchRequest next) {
    if (done) {
      return;
    }
    try {
      count(next);
    } catch (FetchFailure e) {
      fail(e);
      return;
    }
    repeated = false;
    open(next);
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

  private void open(FetchRequest next) {
    leave();
    request = next;
    current = null;
    FetchUrl url = next.url();
    Turns.Place place = fetch.hosts().place(budget.tenant() + " " + url.hostAndPort());
    host = place;
    place.enter(() -> resolve(url));
  }

  private void leave() {
    if (host != null) {
      host.leave();
    }
  }

  private void resolve(FetchUrl url) {
    if (done) {
      leave();
      return;
    }
    Turns.Place place = fetch.names().place(budget.tenant());
    name = place;
    place.enter(() -> resolve(url, place));
  }

  private void resolve(FetchUrl url, Turns.Place place) {
    if (done) {
      place.leave();
      return;
    }
    try {
      fetch
          .resolve(url)
          .onComplete(
              resolved ->
                  fetch
                      .loop()
                      .runOnContext(
                          _ -> {
                            place.leave();
                            connect(url, resolved);
                          }));
    } catch (RuntimeException e) {
      place.leave();
      fail(e);
    }
  }

  private void connect(FetchUrl url, AsyncResult<List<InetAddress>> resolved) {
    if (done) {
      return;
    }
    if (resolved.failed()) {
      fail(resolved.cause());
      return;
    }
    connecting = true;
    try {
      fetch
          .connect(url, resolved.result(), () -> !done)
          .onComplete(opened -> fetch.loop().runOnContext(_ -> connected(opened)));
    } catch (RuntimeException e) {
      connecting = false;
      fail(e);
    }
  }

  private void connected(AsyncResult<HttpClientRequest> opened) {
    connecting = false;
    FetchRequest hop = request;
    if (hop == null) {
      leave();
      if (opened.succeeded()) {
        opened.result().reset();
      }
    } else if (opened.failed()) {
      fail(opened.cause());
    } else {
      write(hop, opened.result());
    }
  }

  private void write(FetchRequest hop, HttpClientRequest opened) {
    current = opened;
    try {
      ActionFetch.send(hop, opened).onSuccess(this::read).onFailure(this::unanswered);
    } catch (RuntimeException e) {
      fail(e);
    }
  }

  /**
   * A server may close a kept connection while a request is on its way to it. One that changes
   * nothing is sent once more then (RFC 9110 §9.2.2), if the run may make one more request.
   */
  private void unanswered(Throwable e) {
    FetchRequest hop = request;
    if (hop == null || repeated || !hop.isSafe() || !FetchFailure.isClosedConnection(e)) {
      fail(e);
      return;
    }
    try {
      count(hop);
    } catch (FetchFailure spent) {
      fail(e);
      return;
    }
    repeated = true;
    open(hop);
  }

  private void fail(Throwable e) {
    if (!done) {
      end(FetchOutcome.Failed.of(FetchFailure.of(e, budget.limits())));
    }
  }

  private void read(HttpClientResponse response) {
    FetchRequest hop = request;
    if (hop == null) {
      response.exceptionHandler(_ -> {});
      return;
    }
    String location = response.getHeader("location");
    if (location == null
        || !REDIRECTS.contains(response.statusCode())
        || hop.redirect() == FetchRequest.Redirect.MANUAL) {
      collect(response);
      return;
    }
    try {
      FetchRequest next =
          hop.redirected(response.statusCode(), location, budget.limits().redirects());
      response.exceptionHandler(_ -> {});
      response.request().reset();
      send(next);
    } catch (FetchFailure e) {
      fail(e);
    }
  }

  private void collect(HttpClientResponse response) {
    received = Buffer.buffer();
    response.exceptionHandler(this::fail);
    response.handler(
        chunk -> {
          try {
            collect(chunk);
          } catch (FetchFailure e) {
            fail(e);
          }
        });
    response.endHandler(
        _ -> {
          current = null;
          FetchRequest hop = request;
          Buffer body = received;
          if (hop != null && body != null) {
            end(answered(hop, response, body.getBytes()));
          }
        });
  }

  /** Counted as it comes out of decompression, so that little data cannot become much. */
  private void collect(Buffer chunk) throws FetchFailure {
    int most = budget.limits().responseBytes();
    Buffer body = received;
    if (body == null) {
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

  // Told to the first caller only: a call ends once.
  private void end(FetchOutcome how) {
    Consumer<FetchOutcome> told = outcome;
    finish();
    if (told != null) {
      told.accept(how);
    }
  }

  private void finish() {
    if (done) {
      return;
    }
    done = true;
    outcome = null;
    request = null;
    received = null;
    fetch.vertx().cancelTimer(timer);
    if (current != null) {
      // Only matters if a response is still on its way.
      current.reset();
      current = null;
    }
    if (name != null) {
      // Not left: a thread may be at it, and goes on.
      name.giveUp();
    }
    if (!connecting) {
      // Else the host's pool is at it, and the turn ends when that does.
      leave();
    }
  }
}
