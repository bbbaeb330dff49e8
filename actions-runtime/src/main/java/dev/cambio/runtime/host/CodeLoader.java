package dev.cambio.runtime.host;

import dev.cambio.model.action.ActionVersion;
import dev.cambio.model.bus.ActionBus;
import dev.cambio.model.bus.ActionCode;
import io.vertx.core.Context;
import io.vertx.core.eventbus.DeliveryOptions;
import io.vertx.core.eventbus.EventBus;
import io.vertx.core.eventbus.ReplyException;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Sources of Action versions by hash: kept in bounds, asked from a gateway node once however many
 * ask for them, and checked against the hash. Safe for use by many threads.
 */
public final class CodeLoader {
  private static final Logger log = LoggerFactory.getLogger(CodeLoader.class);
  private static final int MAX_LENGTH = 64 * 1024 * 1024;

  /** In all, however many gateways are asked. */
  private static final long TIMEOUT_MS = 5000;

  /** Without an answer for that long the next gateway is asked too: the first may be lost. */
  private static final long PATIENCE_MS = 1000;

  /** After a failure. */
  private static final long PAUSE_MS = 200;

  private static final int NOT_FOUND = 404;

  private final EventBus bus;
  private final Context loop;
  private final long patienceMs;

  // Guarded by this.
  private final LinkedHashMap<String, String> kept = new LinkedHashMap<>(16, 0.75f, true);
  private final Map<String, CompletableFuture<String>> asked = new HashMap<>();
  private long length;

  /**
   * The one loader of the node.
   *
   * @param loop an event loop context for the answers: slots block, so their own contexts cannot
   *     take callbacks
   */
  public CodeLoader(EventBus bus, Context loop) {
    this(bus, loop, PATIENCE_MS);
  }

  CodeLoader(EventBus bus, Context loop, long patienceMs) {
    this.bus = bus;
    this.loop = loop;
    this.patienceMs = patienceMs;
  }

  /** The source; fails if no gateway node has it or if it does not match its hash. */
  synchronized CompletableFuture<String> load(String tenant, String contentHash) {
    String source = kept.get(contentHash);
    if (source != null) {
      return CompletableFuture.completedFuture(source);
    }
    CompletableFuture<String> pending = asked.get(contentHash);
    if (pending != null) {
      return pending;
    }
    CompletableFuture<String> answer = new CompletableFuture<>();
    asked.put(contentHash, answer);
    Search search = new Search(new ActionCode.Request(tenant, contentHash), answer);
    loop.runOnContext(_ -> search.begin());
    return answer;
  }

  /** The source, waited for; null if it cannot be had. */
  public @Nullable String source(String tenant, String contentHash) {
    try {
      return load(tenant, contentHash).get(TIMEOUT_MS, TimeUnit.MILLISECONDS);
    } catch (ExecutionException | TimeoutException e) {
      log.warn("no code with hash {} of tenant {}: {}", contentHash, tenant, e.toString());
      return null;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return null;
    }
  }

  /** Asks one gateway after the other until one has the source. Confined to the event loop. */
  private final class Search {
    private final ActionCode.Request request;
    private final CompletableFuture<String> answer;
    private long next;

    private Search(ActionCode.Request request, CompletableFuture<String> answer) {
      this.request = request;
      this.answer = answer;
    }

    void begin() {
      loop.owner()
          .setTimer(
              TIMEOUT_MS,
              _ -> end(new TimeoutException("no gateway has answered in " + TIMEOUT_MS + " ms")));
      ask();
    }

    private void ask() {
      if (answer.isDone()) {
        return;
      }
      askAgainIn(patienceMs);
      bus.<ActionCode>request(
              ActionBus.CODE, request, new DeliveryOptions().setSendTimeout(TIMEOUT_MS))
          .onComplete(message -> found(message.body().source()), this::failed);
    }

    private void askAgainIn(long millis) {
      loop.owner().cancelTimer(next);
      next = loop.owner().setTimer(millis, _ -> ask());
    }

    private void found(String source) {
      if (!ActionVersion.hashOf(source).equals(request.contentHash())) {
        end(new IllegalStateException("the source does not match its hash"));
      } else if (!answer.isDone()) {
        keep(request.contentHash(), source);
        answer.complete(source);
      }
    }

    private void failed(Throwable failure) {
      if (failure instanceof ReplyException reply && reply.failureCode() == NOT_FOUND) {
        end(failure);
      } else if (!answer.isDone()) {
        askAgainIn(PAUSE_MS);
      }
    }

    private void end(Throwable failure) {
      if (!answer.isDone()) {
        forget(request.contentHash());
        answer.completeExceptionally(failure);
      }
    }
  }

  private synchronized void forget(String contentHash) {
    asked.remove(contentHash);
  }

  private synchronized void keep(String contentHash, String source) {
    asked.remove(contentHash);
    kept.put(contentHash, source);
    length += source.length();
    while (length > MAX_LENGTH && kept.size() > 1) {
      length -= kept.pollFirstEntry().getValue().length();
    }
  }
}
