package dev.cambio.model.bus;

import dev.cambio.model.action.ActionInvocation;
import dev.cambio.model.action.ActionResult;
import io.vertx.core.eventbus.EventBus;
import java.time.Duration;
import java.util.List;

/** Addresses and message forms between gateway and actions nodes. */
public final class ActionBus {
  /**
   * Takes {@link ActionInvocation}, always answers {@link ActionResult}. Actions nodes listen, and
   * each takes its turn: for callers that have not heard yet how the nodes are.
   */
  public static final String INVOKE = "cambio.actions.invoke";

  /**
   * Header of an invocation whose caller is another process: the answer is an {@link ActionResult},
   * or first an {@link EffectsLeave.Request}.
   */
  public static final String ASKS_LEAVE = "asks-leave";

  /** Published {@link ActionsStatus} of each actions node. Gateway nodes listen. */
  public static final String STATUS = "cambio.actions.status";

  /** How often an actions node says how it is. */
  public static final Duration STATUS_INTERVAL = Duration.ofMillis(250);

  /** Takes {@link ActionCode.Request}, answers {@link ActionCode}. Gateway nodes listen. */
  public static final String CODE = "cambio.actions.code";

  /**
   * Published {@link DeployedVersions} of a tenant, whenever they may have changed. Actions nodes
   * listen.
   */
  public static final String DEPLOYED = "cambio.actions.deployed";

  /**
   * Takes {@link DeployedVersions.Request}, answers nothing and publishes {@link #DEPLOYED} for
   * every tenant. Gateway nodes listen.
   */
  public static final String DEPLOYED_WANTED = "cambio.actions.deployed.wanted";

  /**
   * The cluster-wide map behind {@code api.cache}: actions nodes use it, every node configures it.
   */
  public static final String CACHE_MAP = "cambio.actions-cache";

  /** Names the message forms; a change that an older node cannot read takes the next number. */
  private static final String FORM = "cambio.1.";

  private ActionBus() {}

  /**
   * What {@link #INVOKE} is, at one node.
   *
   * @param node as the bus calls it, so that nobody has to be asked where it is
   */
  public static String invokeAt(String node) {
    return INVOKE + '@' + node;
  }

  /** Registers the message forms; once per process, before any verticle is deployed. */
  public static void register(EventBus bus, BusSeal seal) {
    for (Class<?> type :
        List.of(
            ActionInvocation.class,
            ActionResult.class,
            ActionCode.Request.class,
            ActionCode.class,
            DeployedVersions.Request.class,
            DeployedVersions.class,
            ActionsStatus.class,
            EffectsLeave.Request.class,
            EffectsLeave.class)) {
      register(bus, seal, type);
    }
  }

  private static <T> void register(EventBus bus, BusSeal seal, Class<T> type) {
    Class<?> outer = type.getDeclaringClass();
    String name = FORM + (outer == null ? "" : outer.getSimpleName()) + type.getSimpleName();
    bus.registerDefaultCodec(type, new SealedCodec<>(type, name, seal));
  }
}
