package dev.cambio.gateway.database;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.channel.embedded.EmbeddedChannel;
import io.vertx.sqlclient.internal.command.CloseConnectionCommand;
import io.vertx.sqlclient.internal.command.CommandResponse;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("A connection to the database (C13)")
class AnswerTimeoutTest {
  private final EmbeddedChannel channel =
      new EmbeddedChannel(new AnswerTimeout(Duration.ofMillis(400)));

  @BeforeEach
  void stopTime() {
    channel.freezeTime();
  }

  @Test
  @DisplayName("is closed when the server owes an answer and is silent")
  void silent() {
    ask();
    pass(399);
    assertThat(channel.isOpen()).isTrue();

    pass(1);

    assertThat(channel.isOpen()).isFalse();
  }

  @Test
  @DisplayName("is kept while nothing is asked, however long")
  void idle() {
    ask();
    answer();
    pass(100_000);

    ask();
    pass(300);
    answer();
    pass(100_000);

    assertThat(channel.isOpen()).isTrue();
  }

  @Test
  @DisplayName("is kept while there is progress")
  void progress() {
    ask();
    ask();
    for (int i = 0; i < 10; i++) {
      pass(300);
      channel.writeInbound("a row");
    }
    answer();
    pass(399);
    assertThat(channel.isOpen()).isTrue();

    pass(100);

    assertThat(channel.isOpen()).isFalse();
  }

  @Test
  @DisplayName("is kept when this process itself was paused")
  void paused() {
    ask();
    channel.advanceTimeBy(10, TimeUnit.SECONDS);
    channel.runScheduledPendingTasks();

    answer();

    assertThat(channel.isOpen()).isTrue();
  }

  private void ask() {
    channel.writeOutbound(CloseConnectionCommand.INSTANCE);
  }

  private void answer() {
    channel.writeInbound(CommandResponse.success(null));
  }

  /** In small steps, as a process that is not paused sees it. */
  private void pass(int millis) {
    for (int i = 0; i < millis; i++) {
      channel.advanceTimeBy(1, TimeUnit.MILLISECONDS);
      channel.runScheduledPendingTasks();
      channel.runPendingTasks();
    }
  }
}
