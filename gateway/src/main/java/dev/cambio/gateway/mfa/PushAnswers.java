package dev.cambio.gateway.mfa;

import dev.cambio.model.bus.PushAnswer;
import dev.cambio.model.bus.TokenBus;
import io.vertx.core.Future;
import io.vertx.core.eventbus.EventBus;
import io.vertx.core.eventbus.Message;
import io.vertx.core.eventbus.MessageConsumer;
import java.util.concurrent.Executor;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Hears from internal services, on the event bus, what users have answered. */
public final class PushAnswers {
  private static final Logger LOG = LoggerFactory.getLogger(PushAnswers.class);

  private final Challenges challenges;
  private final Executor executor;

  PushAnswers(Challenges challenges, Executor executor) {
    this.challenges = challenges;
    this.executor = executor;
  }

  /** Begins to listen; completes when every node knows. */
  public Future<Void> listen(EventBus bus) {
    MessageConsumer<PushAnswer> consumer =
        bus.consumer(TokenBus.PUSH_ANSWERS, message -> executor.execute(() -> answer(message)));
    return consumer.completion();
  }

  private void answer(Message<PushAnswer> message) {
    PushAnswer answer = message.body();
    boolean awaited = false;
    try {
      awaited = challenges.answer(answer.tenantId(), answer.challenge(), answer.accepted());
    } catch (Exception e) { // await() throws what a future failed with, checked or not
      LOG.error("A user's answer was not stored", e);
    }
    message.reply(awaited);
  }
}
