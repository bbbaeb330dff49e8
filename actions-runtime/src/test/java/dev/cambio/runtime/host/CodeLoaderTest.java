package dev.cambio.runtime.host;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.cambio.model.action.ActionVersion;
import dev.cambio.model.bus.ActionBus;
import dev.cambio.model.bus.ActionCode;
import dev.cambio.model.bus.BusSeal;
import io.vertx.core.Vertx;
import io.vertx.core.eventbus.Message;
import java.security.SecureRandom;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("additions C13: code is had from whichever gateway answers")
class CodeLoaderTest {
  private static final String SOURCE = "exports.x = 1;";
  private static final String HASH = ActionVersion.hashOf(SOURCE);
  private static final long SHORT_MS = 20;

  private final Vertx vertx = Vertx.vertx();
  private final AtomicInteger asked = new AtomicInteger();

  @BeforeEach
  void start() {
    ActionBus.register(vertx.eventBus(), new BusSeal(new byte[32], new SecureRandom()));
  }

  @AfterEach
  void stop() {
    vertx.close().await();
  }

  private void gateway(Consumer<Message<ActionCode.Request>> answers) {
    vertx
        .eventBus()
        .<ActionCode.Request>consumer(
            ActionBus.CODE,
            message -> {
              asked.incrementAndGet();
              answers.accept(message);
            });
  }

  private static void answer(Message<ActionCode.Request> message) {
    message.reply(new ActionCode(SOURCE));
  }

  private CompletableFuture<String> load(long patienceMs) {
    return new CodeLoader(vertx.eventBus(), vertx.getOrCreateContext(), patienceMs)
        .load("acme", HASH);
  }

  @Test
  void theNextIsAskedWhereOneIsSilent() throws Exception {
    gateway(message -> {});
    gateway(CodeLoaderTest::answer);
    assertThat(load(SHORT_MS).get(30, TimeUnit.SECONDS)).isEqualTo(SOURCE);
  }

  @Test
  void theNextIsAskedWhereOneFails() throws Exception {
    gateway(message -> message.fail(500, "the code could not be read"));
    gateway(CodeLoaderTest::answer);
    assertThat(load(60_000).get(30, TimeUnit.SECONDS)).isEqualTo(SOURCE);
    assertThat(asked).hasValueLessThanOrEqualTo(2);
  }

  @Test
  void aLateAnswerCounts() throws Exception {
    gateway(message -> vertx.setTimer(5 * SHORT_MS, _ -> answer(message)));
    assertThat(load(SHORT_MS).get(30, TimeUnit.SECONDS)).isEqualTo(SOURCE);
  }

  @Test
  void whatDoesNotExistIsAskedForOnce() {
    gateway(message -> message.fail(404, "no code with that hash"));
    gateway(message -> message.fail(404, "no code with that hash"));
    assertThatThrownBy(() -> load(60_000).get(30, TimeUnit.SECONDS))
        .isInstanceOf(ExecutionException.class);
    assertThat(asked).hasValue(1);
  }
}
