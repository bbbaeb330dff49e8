package dev.cambio.runtime.host;

import dev.cambio.model.action.ActionVersion;
import dev.cambio.model.bus.ActionBus;
import dev.cambio.model.bus.ActionCode;
import io.vertx.core.Context;
import io.vertx.core.eventbus.DeliveryOptions;
import io.vertx.core.eventbus.EventBus;
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
  private static final long TIMEOUT_MS = 5000;

  private final EventBus bus;
  private final Context loop;

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
    this.bus = bus;
    this.loop = loop;
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
    loop.runOnContext(_ -> ask(new ActionCode.Request(tenant, contentHash), answer));
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

  private void ask(ActionCode.Request request, CompletableFuture<String> answer) {
    bus.<ActionCode>request(
            ActionBus.CODE, request, new DeliveryOptions().setSendTimeout(TIMEOUT_MS))
        .map(message -> checked(request.contentHash(), message.body()))
        .onComplete(
            source -> {
              keep(request.contentHash(), source);
              answer.complete(source);
            },
            failure -> {
              forget(request.contentHash());
              answer.completeExceptionally(failure);
            });
  }

  private static String checked(String contentHash, ActionCode code) {
    if (!ActionVersion.hashOf(code.source()).equals(contentHash)) {
      throw new IllegalStateException("the source does not match its hash");
    }
    return code.source();
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
