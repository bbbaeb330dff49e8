package dev.cambio.model.bus;

import io.vertx.core.Future;
import io.vertx.core.eventbus.DeliveryOptions;
import io.vertx.core.eventbus.EventBus;
import io.vertx.core.eventbus.Message;
import io.vertx.core.eventbus.MessageConsumer;
import java.time.Duration;
import java.util.List;
import java.util.function.Consumer;

/**
 * The gateway as internal services reach it: over the event bus of the cluster that they have
 * joined. Messages are sealed under the cluster secret; nothing of them crosses the wire in clear.
 */
public final class TokenBus {
  /** Takes {@link TokenCall}, always answers {@link TokenAnswer}. Gateway nodes listen. */
  public static final String TOKEN = "cambio.token";

  /** Every {@link TenantEvent} that is a committed entry of a tenant log; gateways publish. */
  public static final String LOGS = "cambio.logs";

  /** What somebody should be told of, by mail or otherwise; gateways publish. */
  public static final String NOTIFICATIONS = "cambio.notifications";

  /** Takes {@link PushAnswer}, answers whether a login waited for it. Gateway nodes listen. */
  public static final String PUSH_ANSWERS = "cambio.push-answers";

  /** Longer than all that an exchange may take. */
  private static final Duration TIMEOUT = Duration.ofMinutes(2);

  private static final String FORM = "cambio.1.";

  private final EventBus bus;

  private TokenBus(EventBus bus) {
    this.bus = bus;
  }

  /**
   * Joins a service to the gateway; once per process.
   *
   * @param bus of a Vert.x instance that is in the cluster
   * @param seal under the cluster secret
   */
  public static TokenBus join(EventBus bus, BusSeal seal) {
    for (Class<?> type :
        List.of(TokenCall.class, TokenAnswer.class, TenantEvent.class, PushAnswer.class)) {
      register(bus, seal, type);
    }
    return new TokenBus(bus);
  }

  private static <T> void register(EventBus bus, BusSeal seal, Class<T> type) {
    bus.registerDefaultCodec(type, new SealedCodec<>(type, FORM + type.getSimpleName(), seal));
  }

  /**
   * Asks for tokens. A refusal is an answer too; the future fails only where no gateway answers.
   */
  public Future<TokenAnswer> request(TokenCall call) {
    DeliveryOptions options = new DeliveryOptions().setSendTimeout(TIMEOUT.toMillis());
    return bus.<TokenAnswer>request(TOKEN, call, options).map(Message::body);
  }

  /** Tells what a user has answered; whether a login waited for that. */
  public Future<Boolean> answer(PushAnswer answer) {
    return bus.<Boolean>request(PUSH_ANSWERS, answer).map(Message::body);
  }

  /** Listens to the tenant logs of all gateways. */
  public MessageConsumer<TenantEvent> logs(Consumer<TenantEvent> listener) {
    return bus.consumer(LOGS, message -> listener.accept(message.body()));
  }

  /** Listens to what somebody should be told of. */
  public MessageConsumer<TenantEvent> notifications(Consumer<TenantEvent> listener) {
    return bus.consumer(NOTIFICATIONS, message -> listener.accept(message.body()));
  }
}
