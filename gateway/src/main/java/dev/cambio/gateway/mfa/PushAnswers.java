package dev.cambio.gateway.mfa;

import dev.cambio.gateway.error.Faults;
import dev.cambio.gateway.error.OAuthException;
import dev.cambio.model.bus.PushAnswer;
import dev.cambio.model.bus.TokenBus;
import io.vertx.core.Future;
import io.vertx.core.eventbus.EventBus;
import io.vertx.core.eventbus.Message;
import io.vertx.core.eventbus.MessageConsumer;
import java.util.concurrent.Executor;

/** Hears from internal services, on the event bus, what users have answered. */
public final class PushAnswers {
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
    try {
      message.reply(challenges.answer(answer.tenantId(), answer.challenge(), answer.accepted()));
    } catch (Exception e) { // await() throws what a future failed with, checked or not
      OAuthException refusal = Faults.refusal(e);
      Faults.report(refusal);
      // Not "no", which would have the user's answer forgotten.
      message.fail(refusal.status(), refusal.error());
    }
  }
}
