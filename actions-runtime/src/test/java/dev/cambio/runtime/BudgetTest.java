package dev.cambio.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import dev.cambio.model.action.ActionEnding;
import dev.cambio.model.action.ActionResult;
import dev.cambio.model.action.ConsoleLine;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What one run may use, and what is told of it. */
@DisplayName("actions-runtime §3")
class BudgetTest {
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  private static TestNode node;

  @BeforeAll
  static void start() throws Exception {
    node =
        TestNode.start(
            Map.ofEntries(
                Map.entry("actions.cpu-ms", "300"),
                Map.entry("actions.heap-mb", "768"),
                Map.entry("actions.turn-cpu-ms", "100"),
                Map.entry("actions.allocation-mb", "320"),
                Map.entry("actions.source-kb", "4"),
                Map.entry("actions.console-kb", "1"),
                Map.entry("actions.commands", "5"),
                Map.entry("actions.timers", "7"),
                Map.entry("actions.host-calls", "300"),
                Map.entry("actions.kill-grace-ms", "200")));
  }

  @AfterAll
  static void stop() {
    node.close();
  }

  private static ActionResult run(String body) {
    return node.run(
        TestNode.withTimeout(
            node.exchange(
                "exports.onExecuteCustomTokenExchange = async (event, api) => {" + body + "\n};"),
            8_000));
  }

  private static String message(ActionResult result) {
    return Objects.requireNonNull(result.error()).message();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "for (;;);                                       | TIMED_OUT      | actions.turn-cpu-ms",
        "for (;;) await null;                            | TIMED_OUT      | actions.turn-cpu-ms",
        "const f = () => Promise.resolve().then(f); f(); await new Promise(() => {}) | TIMED_OUT |"
            + " actions.turn-cpu-ms",
        "for (;;) { for (const t = Date.now(); Date.now() - t < 15;); await new Promise(r =>"
            + " setTimeout(r)) } | TIMED_OUT | actions.cpu-ms",
        "for (;;) new Uint8Array(1 << 20)                | OUT_OF_MEMORY  | actions.allocation-mb",
        "for (const all = [];;) all.push(new Uint8Array(1 << 20)) | OUT_OF_MEMORY |"
            + " actions.retained-mb",
        "for (;;) crypto.randomUUID()                    | LIMIT_EXCEEDED | actions.host-calls",
        "for (;;) { console.log(1); await null }         | LIMIT_EXCEEDED | actions.host-calls",
        "for (;;) await new Promise(r => setTimeout(r))  | LIMIT_EXCEEDED | actions.host-calls",
        "function f() { try { f() } catch { f() } } f() | TIMED_OUT     | actions.turn-cpu-ms",
      })
  void endsTheRunThatGoesBeyondIt(String body, ActionEnding ending, String setting) {
    long from = System.nanoTime();
    ActionResult result = run(body);

    assertThat(result.ending()).isEqualTo(ending);
    assertThat(message(result)).endsWith("(" + setting + ")");
    assertThat(Duration.ofNanos(System.nanoTime() - from)).isLessThan(Duration.ofSeconds(6));
  }

  @Test
  void timeIsTheTriggers() {
    ActionResult result =
        node.run(
            TestNode.withTimeout(
                node.exchange(
                    "exports.onExecuteCustomTokenExchange = () => new Promise(r => setTimeout(r,"
                        + " 9e5));"),
                1000));

    assertThat(result.ending()).isEqualTo(ActionEnding.TIMED_OUT);
    assertThat(message(result)).endsWith("(actions.timeout-ms)");
  }

  @Test
  void oneCommandTooManyThrows() {
    ActionResult result = run("for (;;) api.access.deny('a', 'b');");

    assertThat(result.ending()).isEqualTo(ActionEnding.THREW);
    assertThat(message(result)).isEqualTo("Too many commands");
    assertThat(result.commands()).hasSize(5);
    assertThat(result.usage().commands()).isEqualTo(5);
  }

  @Test
  @DisplayName("§9 writes to the cache count as commands, and are answered")
  void oneCacheWriteTooManyIsAnswered() {
    ActionResult result =
        run(
            "for (let i = 0; i < 5; i++) console.log(api.cache.set('k', 'v').type);"
                + "console.log(api.cache.set('k', 'v').code)");

    assertThat(result.console())
        .extracting(ConsoleLine::text)
        .containsExactly(
            "success", "success", "success", "success", "success", "MaxSideEffectsExceeded");
  }

  @Test
  void oneTimerTooManyThrows() {
    ActionResult result =
        run("let n = 0; try { for (;; n++) setTimeout(() => {}, 9e5) } catch { console.log(n) }");

    assertThat(result.console()).extracting(ConsoleLine::text).containsExactly("7");
  }

  @Test
  void consoleOutputIsCutBetweenCharacters() {
    ActionResult result = run("for (let i = 0; i < 10; i++) console.log('\u00e9'.repeat(100));");

    List<String> lines = result.console().stream().map(ConsoleLine::text).toList();
    assertThat(lines).hasSize(6);
    assertThat(lines.getLast()).isEqualTo("\u00e9".repeat(9));
    assertThat(result.usage().consoleBytes()).isGreaterThan(1024);
  }

  @Test
  void aSourceThatIsTooLongDoesNotRun() {
    ActionResult result = run("/* " + "x".repeat(4096) + " */");

    assertThat(result.ending()).isEqualTo(ActionEnding.LIMIT_EXCEEDED);
    assertThat(message(result)).endsWith("(actions.source-kb)");
  }

  @Test
  void whatARunUsedIsTold() {
    ActionResult result =
        run(
            "console.log('four'); crypto.randomUUID(); new Uint8Array(4 << 20);"
                + " api.access.deny('a', 'b')");

    assertThat(result.ending()).isEqualTo(ActionEnding.RETURNED);
    assertThat(result.timings().cpu()).isBetween(1L, 8_000_000L);
    assertThat(result.usage().allocatedBytes()).isBetween(4L << 20, 320L << 20);
    assertThat(result.usage().consoleBytes()).isEqualTo(5);
    assertThat(result.usage().commands()).isEqualTo(1);
    // The line, the random bytes, the command, and that it settled.
    assertThat(result.usage().hostCalls()).isEqualTo(4);
  }

  @Test
  void aProcessThatFillsUpIsReplacedBetweenRuns() throws Exception {
    try (TestNode small =
        TestNode.start(Map.of("actions.heap-mb", "128", "actions.heap-watermark-percent", "10"))) {
      String keeps =
          "const kept = []; exports.onExecuteCustomTokenExchange = async () => {"
              + "kept.push(new Array(200000).fill(1)); };";
      List<Long> before = small.node().processIds();

      Waiting.until(
          PATIENCE,
          () -> {
            assertThat(small.run(keeps).ending()).isEqualTo(ActionEnding.RETURNED);
            // The spare that is to take over needs the processors too.
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(20));
            return small.node().health().guests().replaced() > 0;
          });

      assertThat(small.node().processIds()).isNotEqualTo(before);
      assertThat(small.run(keeps).ending()).isEqualTo(ActionEnding.RETURNED);
    }
  }
}
