package dev.cambio.gateway.stream;

import dev.cambio.gateway.config.StartupException;
import dev.cambio.model.net.EgressPolicy;
import dev.cambio.model.net.TrustedAuthorities;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.RequestOptions;
import io.vertx.core.net.SocketAddress;
import io.vertx.core.net.TrustOptions;
import java.io.IOException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.time.Clock;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/**
 * Posts batches. Follows no redirects, trusts no certificate that nobody vouches for, and connects
 * to nothing that the {@link EgressPolicy} does not allow. Waits: for virtual threads.
 */
final class WebhookClient implements AutoCloseable {
  private static final int CONNECT_TIMEOUT_MS = 5000;
  private static final int TIMEOUT_SECONDS = 10;
  private static final int IDLE_SECONDS = 30;
  private static final int MAX_HEADERS = 64 * 1024;

  private final EgressPolicy targets;
  private final Clock clock;
  private final HttpClient client;

  WebhookClient(Vertx vertx, LogStreamSettings settings, Clock clock) {
    this.targets = settings.targets();
    this.clock = clock;
    HttpClientOptions options =
        new HttpClientOptions()
            .setVerifyHost(true)
            .setTrustAll(false)
            .setConnectTimeout(CONNECT_TIMEOUT_MS)
            .setIdleTimeout(IDLE_SECONDS)
            .setMaxHeaderSize(MAX_HEADERS);
    settings.webhookAuthorities().ifPresent(file -> options.setTrustOptions(trust(file)));
    this.client = vertx.createHttpClient(options);
  }

  private static TrustOptions trust(Path file) {
    try {
      return TrustOptions.wrap(TrustedAuthorities.withSystem(file));
    } catch (GeneralSecurityException | IOException e) {
      throw new StartupException("logs.webhook-ca-file: " + file + " cannot be used", e);
    }
  }

  /**
   * Posts one body.
   *
   * @throws SinkException unless the receiver answers 2xx
   */
  void post(Webhook webhook, String body) throws SinkException {
    RequestOptions options = options(webhook, resolve(webhook));
    int status;
    Optional<String> retryAfter;
    try {
      Answer answer = exchange(options, body);
      status = answer.status();
      retryAfter = answer.retryAfter();
    } catch (Exception e) { // await() throws what a future failed with, checked or not
      throw SinkException.passing("no answer: " + e.getClass().getSimpleName());
    }
    requireSuccess(status, retryAfter);
  }

  private record Answer(int status, Optional<String> retryAfter) {}

  private Answer exchange(RequestOptions options, String body) {
    HttpClientRequest request = client.request(options).await();
    Future<HttpClientResponse> response = request.send(Buffer.buffer(body));
    try {
      HttpClientResponse head = response.timeout(TIMEOUT_SECONDS, TimeUnit.SECONDS).await();
      return new Answer(head.statusCode(), Optional.ofNullable(head.getHeader("Retry-After")));
    } finally {
      // What the receiver has to say besides is of no interest, and might never end.
      request.reset();
    }
  }

  private InetAddress resolve(Webhook webhook) throws SinkException {
    InetAddress[] addresses;
    try {
      addresses = InetAddress.getAllByName(webhook.host());
    } catch (UnknownHostException e) {
      throw SinkException.passing("the host is not known");
    }
    for (InetAddress address : addresses) {
      // One bad address condemns the name: it may be there to be hit on a retry.
      if (!targets.allows(webhook.host(), webhook.port(), address)) {
        throw SinkException.passing(
            "the host is not public, and logs.webhook-allow does not open it");
      }
    }
    return addresses[0];
  }

  private static RequestOptions options(Webhook webhook, InetAddress address) {
    RequestOptions options =
        new RequestOptions()
            .setServer(SocketAddress.inetSocketAddress(webhook.port(), address.getHostAddress()))
            .setHost(webhook.host())
            .setPort(webhook.port())
            .setSsl(true)
            .setMethod(HttpMethod.POST)
            .setURI(webhook.target())
            .setFollowRedirects(false);
    webhook.headers().forEach(options::putHeader);
    return options;
  }

  private void requireSuccess(int status, Optional<String> retryAfter) throws SinkException {
    if (status >= 200 && status < 300) {
      return;
    }
    String reason = "the receiver answered " + status;
    if (status >= 500 || status == 429 || status == 408) {
      throw SinkException.passing(reason, retryAfter.flatMap(this::delay));
    }
    throw SinkException.permanent(reason);
  }

  /** Seconds or a date (RFC 9110 §10.2.3); nothing if it is neither. */
  private Optional<Duration> delay(String retryAfter) {
    String text = retryAfter.strip();
    if (text.matches("[0-9]{1,9}")) {
      return Optional.of(Duration.ofSeconds(Long.parseLong(text)));
    }
    try {
      ZonedDateTime date = ZonedDateTime.parse(text, DateTimeFormatter.RFC_1123_DATE_TIME);
      return Optional.of(Duration.between(clock.instant(), date.toInstant()));
    } catch (DateTimeException e) {
      return Optional.empty();
    }
  }

  /** Breaks off what is under way. */
  @Override
  public void close() {
    client.close();
  }
}
