package dev.cambio.gateway.action;

import dev.cambio.gateway.error.Faults;
import dev.cambio.model.bus.ActionBus;
import dev.cambio.model.bus.ActionCode;
import io.vertx.core.Future;
import io.vertx.core.eventbus.EventBus;
import io.vertx.core.eventbus.Message;
import io.vertx.core.eventbus.MessageConsumer;
import java.util.Optional;
import java.util.concurrent.Executor;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Hands the code of deployed versions to actions nodes that have not seen it. */
public final class ActionCodeService implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(ActionCodeService.class);
  private static final int NOT_FOUND = 404;
  private static final int FAILED = 500;

  private final Actions actions;
  private final Executor executor;
  private Optional<MessageConsumer<ActionCode.Request>> consumer = Optional.empty();

  /**
   * A service.
   *
   * @param executor starts a virtual thread per request
   */
  public ActionCodeService(Actions actions, Executor executor) {
    this.actions = actions;
    this.executor = executor;
  }

  /** Begins to answer; completes when every node knows. */
  public Future<Void> listen(EventBus bus) {
    MessageConsumer<ActionCode.Request> listening = bus.consumer(ActionBus.CODE);
    consumer = Optional.of(listening);
    listening.handler(message -> executor.execute(() -> answer(message)));
    return listening.completion();
  }

  /** Takes no new requests: other nodes get them once this has returned. */
  @Override
  public void close() {
    consumer.ifPresent(listening -> listening.unregister().otherwiseEmpty().await());
  }

  private void answer(Message<ActionCode.Request> message) {
    ActionCode.Request request = message.body();
    try {
      Optional<String> source =
          SyntaxCheck.code(request.contentHash())
              .or(() -> actions.source(request.tenantId(), request.contentHash()));
      source.ifPresentOrElse(
          text -> message.reply(new ActionCode(text)),
          () -> message.fail(NOT_FOUND, "no code with hash " + request.contentHash()));
    } catch (Exception e) { // await() throws what a future failed with, checked or not
      LOG.warn("Cannot read the code of an Action: {}", Faults.reason(e));
      message.fail(FAILED, "the code could not be read");
    }
  }
}
