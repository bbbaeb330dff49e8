package dev.cambio.gateway.action;

import dev.cambio.gateway.store.ConfigurationCaches;
import dev.cambio.model.action.ActionVersion;
import dev.cambio.model.bus.ActionBus;
import dev.cambio.model.bus.DeployedVersions;
import io.vertx.core.Future;
import io.vertx.core.eventbus.EventBus;
import io.vertx.core.eventbus.MessageConsumer;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells actions nodes, which have no database, what requests may run, so that they can get ready
 * for it: at the start, whenever a tenant's configuration has changed, and when a node asks.
 */
public final class ActionDeployments {
  private static final Logger LOG = LoggerFactory.getLogger(ActionDeployments.class);

  private final Actions actions;
  private final EventBus bus;
  private final Executor executor;
  private final Map<String, List<ActionVersion>> told = new ConcurrentHashMap<>();

  /**
   * Deployments.
   *
   * @param executor starts a virtual thread for each tenant that has changed
   */
  public ActionDeployments(Actions actions, EventBus bus, Executor executor) {
    this.actions = actions;
    this.bus = bus;
    this.executor = executor;
  }

  /** Begins to tell; completes when every node knows whom to ask. */
  public Future<Void> listen(ConfigurationCaches caches) {
    caches.whenDropped(tenantId -> inBackground(() -> changed(tenantId)));
    inBackground(this::tellAll);
    MessageConsumer<DeployedVersions.Request> consumer = bus.consumer(ActionBus.DEPLOYED_WANTED);
    consumer.handler(message -> inBackground(this::tellAll));
    return consumer.completion();
  }

  private void inBackground(Runnable task) {
    try {
      executor.execute(
          () -> {
            try {
              task.run();
            } catch (Exception e) { // await() throws what a future failed with, checked or not
              LOG.warn("Actions nodes are not told what is deployed: {}", e.getMessage());
            }
          });
    } catch (RejectedExecutionException e) {
      LOG.debug("The node stops and tells nothing any more");
    }
  }

  /** Most changes are about something else. */
  private void changed(String tenantId) {
    List<ActionVersion> now = actions.served(tenantId);
    if (!now.equals(told.put(tenantId, now))) {
      bus.publish(ActionBus.DEPLOYED, new DeployedVersions(tenantId, now));
    }
  }

  private void tellAll() {
    for (String tenantId : actions.tenants()) {
      List<ActionVersion> now = actions.served(tenantId);
      told.put(tenantId, now);
      bus.publish(ActionBus.DEPLOYED, new DeployedVersions(tenantId, now));
    }
  }
}
