package dev.cambio.gateway.stream;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.cambio.gateway.error.Faults;
import dev.cambio.gateway.error.Trouble;
import dev.cambio.gateway.store.Database;
import dev.cambio.gateway.store.SecretSeal;
import dev.cambio.gateway.stream.StreamRows.Batch;
import dev.cambio.gateway.stream.StreamRows.StreamKey;
import io.vertx.core.Vertx;
import java.security.SecureRandom;
import java.time.Clock;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Looks every second for streams that are behind the log and delivers to them, on threads of its
 * own: exchanges wait for none of this. A batch that fails is tried again with growing delays; when
 * that has no end, it is given up, and the stream suspended when that goes on.
 */
public final class LogStreamDelivery implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(LogStreamDelivery.class);
  private static final long POLL_MILLIS = 1000;
  private static final int AT_A_TIME = 16;

  /** Of one tenant, whose receivers may all be slow. */
  private static final int OF_A_TENANT = 4;

  private final StreamRows rows;
  private final StreamSecrets secrets;
  private final WebhookClient webhooks;
  private final FileSink files;
  private final Backoff backoff;
  private final int attempts;
  private final Trouble trouble = new Trouble(LOG, "Cannot look for log streams to deliver");
  private final Set<StreamKey> busy = ConcurrentHashMap.newKeySet();
  private final Semaphore permits = new Semaphore(AT_A_TIME);
  private final CountDownLatch closing = new CountDownLatch(1);
  private final ExecutorService executor = Executors.newVirtualThreadPerTaskExecutor();

  public LogStreamDelivery(
      Vertx vertx, Database database, SecretSeal seal, LogStreamSettings settings, Clock clock) {
    this.rows = new StreamRows(database);
    this.secrets = new StreamSecrets(seal);
    this.webhooks = new WebhookClient(vertx, settings, clock);
    this.files = FileSink.of(settings);
    this.backoff = new Backoff(settings.backoff(), new SecureRandom());
    this.attempts = settings.attempts();
  }

  /** Begins to look for work. */
  public void start() {
    executor.execute(this::poll);
  }

  private void poll() {
    try {
      while (!closing.await(POLL_MILLIS, TimeUnit.MILLISECONDS)) {
        try {
          rows.due().forEach(this::start);
          trouble.over();
        } catch (Exception e) { // await() throws what a future failed with, checked or not
          trouble.met(e);
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** On the thread that looks, so that the count holds. */
  private void start(StreamKey key) {
    long ofTenant = busy.stream().filter(other -> other.tenantId().equals(key.tenantId())).count();
    if (ofTenant < OF_A_TENANT && busy.add(key)) {
      executor.execute(
          () -> {
            permits.acquireUninterruptibly();
            try {
              rows.lease(key).ifPresent(this::deliver);
            } catch (Exception e) { // await() throws what a future failed with, checked or not
              report(key, e);
            } finally {
              permits.release();
              busy.remove(key);
            }
          });
    }
  }

  private void report(StreamKey key, Exception failure) {
    if (Faults.isOfPlatform(failure)) {
      trouble.met(failure);
    } else {
      LOG.warn("Log stream {} of {} failed", key.id(), key.tenantId(), failure);
    }
  }

  private void deliver(StreamLease first) {
    Optional<StreamLease> lease = Optional.of(first);
    while (lease.isPresent() && !isClosing()) {
      StreamLease now = lease.get();
      Optional<Batch> batch = rows.next(now);
      if (batch.isEmpty()) {
        break;
      }
      lease = deliver(now, batch.get());
    }
    rows.release(first);
  }

  /** Delivers one batch; empty if this worker has to stop. */
  private Optional<StreamLease> deliver(StreamLease lease, Batch batch) {
    boolean goOn;
    try {
      if (batch.entries().isEmpty()) {
        goOn = rows.passed(lease, batch.last());
      } else {
        send(lease, batch);
        goOn = rows.delivered(lease, batch.last());
      }
    } catch (SinkException e) {
      if (isClosing()) {
        // Broken off by this node; the attempt does not count.
        return Optional.empty();
      }
      goOn = fail(lease, batch, e);
    }
    return goOn ? Optional.of(lease.at(batch.last())) : Optional.empty();
  }

  private void send(StreamLease lease, Batch batch) throws SinkException {
    ObjectNode sink = lease.sink();
    if (lease.type().equals("file")) {
      String lines = StreamFormat.JSONLINES.write(batch.entries());
      files.append(lease.tenantId(), sink.path("path").asText(), lines);
      return;
    }
    Webhook webhook =
        Webhook.of(sink, secrets.open(lease.tenantId(), lease.id(), lease.sealedSecrets()));
    webhooks.post(webhook, webhook.format().write(batch.entries()));
  }

  /** Whether to go on with the next batch. */
  private boolean fail(StreamLease lease, Batch batch, SinkException failure) {
    if (!failure.isPermanent() && lease.attempts() + 1 < attempts) {
      rows.failed(lease, failure.reason(), backoff.after(lease.attempts(), failure.waitAtLeast()));
      return false;
    }
    LOG.warn(
        "Log stream {} of {}: gave up {} entries: {}",
        lease.id(),
        lease.tenantId(),
        batch.entries().size(),
        failure.reason());
    return rows.givenUp(lease, batch, failure.reason());
  }

  private boolean isClosing() {
    return closing.getCount() == 0;
  }

  /** Breaks off what is under way and gives the streams back for other nodes to go on with. */
  @Override
  public void close() {
    closing.countDown();
    webhooks.close();
    executor.close();
  }
}
