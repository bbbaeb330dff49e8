package dev.cambio.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.cambio.e2e.TokenRequest.Answer;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@DisplayName("Actions that do not end by themselves")
class HostileGuestIT {
  /** What the contract allows beyond the Action's own deadline. */
  private static final Duration GRACE = Duration.ofSeconds(2);

  @ParameterizedTest
  @Timeout(value = 60, unit = TimeUnit.SECONDS)
  @DisplayName(
      "§3.1, §4.3 end with 500 at the deadline plus at most 2 s, and the slot serves again")
  @ValueSource(
      strings = {
        "while (true) {}",
        "Array.prototype.indexOf.call({length: 2**53 - 1}, 1)",
        "function f() { try { f() } catch (e) { f() } } f()",
        "const s = []; while (true) s.push(new Uint8Array(1 << 20).fill(1))",
        "/(x+x+)+\\1y/.test('x'.repeat(60))",
        "await new Promise(() => setInterval(() => {}, 1))",
        "(function g() { return Promise.resolve().then(g) })(); await new Promise(() => {})"
      })
  void endAtTheDeadline(String code) {
    TokenRequest request = TokenRequest.running(TokenRequest.SET_JANE + code);
    long start = System.nanoTime();

    Answer answer = request.post();

    Duration taken = Duration.ofNanos(System.nanoTime() - start);
    assertThat(answer.status()).isEqualTo(500);
    assertThat(answer.text("error")).isEqualTo("server_error");
    assertThat(taken).isLessThan(Duration.ofMillis(TestNode.ACTION_TIMEOUT_MS).plus(GRACE));
    ObjectNode failed = TestNode.shared().logs(request.userAgent()).getFirst();
    assertThat(failed.path("type").asText()).isEqualTo("actions_execution_failed");
    // Every slot is usable again: more exchanges at once than there are slots.
    CompletableFuture<?>[] all = new CompletableFuture<?>[4];
    for (int i = 0; i < all.length; i++) {
      all[i] =
          CompletableFuture.runAsync(
              () -> assertThat(TokenRequest.valid().post().status()).isEqualTo(200));
    }
    CompletableFuture.allOf(all).join();
    assertThat(TokenRequest.get(TestNode.shared().ops() + "health/live").status()).isEqualTo(200);
  }

  @ParameterizedTest
  @Timeout(value = 60, unit = TimeUnit.SECONDS)
  @DisplayName("do not make others wait: exchanges go on beside a stuck one")
  @ValueSource(strings = {"while (true) {}"})
  void neighboursGoOn(String code) throws Exception {
    AtomicBoolean stuck = new AtomicBoolean(true);
    CompletableFuture<Answer> hostile =
        CompletableFuture.supplyAsync(() -> TokenRequest.running(code).post())
            .whenComplete((answer, e) -> stuck.set(false));

    int beside = 0;
    while (stuck.get()) {
      assertThat(TokenRequest.valid().post().status()).isEqualTo(200);
      beside += stuck.get() ? 1 : 0;
    }

    assertThat(hostile.get().status()).isEqualTo(500);
    assertThat(beside).isGreaterThan(5);
  }
}
