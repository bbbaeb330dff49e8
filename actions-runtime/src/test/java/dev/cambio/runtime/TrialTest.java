package dev.cambio.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import dev.cambio.model.action.ActionEnding;
import dev.cambio.model.action.ActionInvocation;
import dev.cambio.model.action.ActionResult;
import dev.cambio.model.action.ActionTrial;
import dev.cambio.model.action.ActionTrial.Fetching;
import dev.cambio.model.action.ConsoleLine;
import dev.cambio.model.action.RecordedFetch;
import dev.cambio.model.action.TrialTrace;
import dev.cambio.model.bus.Json;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Runs that can be repeated, between runs that serve, in the same guest process. */
class TrialTest {
  private static final long START = Instant.parse("2026-01-01T00:00:00Z").toEpochMilli();
  private static final ActionTrial FIXED =
      new ActionTrial(START, 7L, Fetching.LIVE, false, List.of());

  private static LoopbackSite site;
  private static TestNode node;

  @BeforeAll
  static void start() throws Exception {
    site = LoopbackSite.start();
    node =
        TestNode.start(
            Map.of(
                "actions.egress-allow",
                "127.0.0.1:" + site.port(),
                "actions.slots-per-process",
                "1"));
  }

  @AfterAll
  static void stop() {
    node.close();
    site.close();
  }

  private static ActionInvocation action(String body) {
    return node.exchange(
        "let runs = 0; exports.onExecuteCustomTokenExchange = async (event, api) => {runs++;"
            + body
            + "};");
  }

  private static List<String> lines(ActionResult result) {
    assertThat(result.error()).isNull();
    assertThat(result.ending()).isEqualTo(ActionEnding.RETURNED);
    return result.console().stream().map(ConsoleLine::text).toList();
  }

  private static TrialTrace trace(ActionResult result) {
    return Objects.requireNonNull(result.trial());
  }

  @Test
  void everyWayToTheTimeLeadsToTheClockOfTheTrial() {
    ActionInvocation action =
        action(
            """
            const { setTimeout: sleep } = require('timers/promises');
            console.log(Date.now(), new Date().toISOString(), Date().slice(0, 15));
            console.log(new Date(0).getTime(), new Date(2020, 1, 2).getDate(), Date.UTC(2020, 0));
            console.log(new (class extends Date {})().getTime() === Date.now(), new Date() instanceof Date);
            console.log(new Date().constructor === Date, Object.getPrototypeOf(new Date()).constructor.now());
            console.log(new Intl.DateTimeFormat('en-US', { timeZone: 'UTC' }).format());
            console.log(performance.timeOrigin, performance.now(), process.hrtime.bigint() < 1000n);
            await sleep(3600000);
            console.log(Date.now(), performance.now());
            """);

    assertThat(lines(node.run(action.tried(FIXED))))
        .containsExactly(
            START + " 2026-01-01T00:00:00.000Z Thu Jan 01 2026",
            "0 2 1577836800000",
            "true true",
            "true " + START,
            "1/1/2026",
            START + " 0 true",
            START + 3_600_000 + " 3600000");
  }

  @Test
  void timersFireInTheirOrderAndPrintAtTheirTime() {
    ActionResult result =
        node.run(
            action(
                    """
                    setTimeout(() => console.log('late'), 3000);
                    const every = setInterval(() => console.log('every'), 1000);
                    await new Promise(r => setTimeout(r, 3500));
                    clearInterval(every);
                    """)
                .tried(FIXED));

    assertThat(lines(result)).containsExactly("every", "every", "late", "every");
    assertThat(result.console())
        .extracting(line -> line.at() - START)
        .containsExactly(1000L, 2000L, 3000L, 3000L);
  }

  @Test
  void anEndlessWaitStillTimesOut() {
    ActionInvocation endless =
        TestNode.withTimeout(action("setInterval(() => {}, 1); await new Promise(() => {});"), 300);

    assertThat(node.run(endless.tried(FIXED)).ending()).isEqualTo(ActionEnding.TIMED_OUT);
  }

  @Test
  void chanceFollowsTheSeed() {
    ActionInvocation action =
        action(
            """
            const { randomBytes, randomInt } = require('crypto');
            console.log(Math.random(), crypto.randomUUID(), randomBytes(4).toString('hex'), randomInt(1000));
            console.log([...crypto.getRandomValues(new Uint8Array(4))].join());
            """);
    List<String> first = lines(node.run(action.tried(FIXED)));

    assertThat(lines(node.run(action.tried(FIXED)))).isEqualTo(first);
    assertThat(
            lines(
                node.run(
                    action.tried(new ActionTrial(START, 8L, Fetching.LIVE, false, List.of())))))
        .doesNotContainAnyElementsOf(first);
    assertThat(lines(node.run(action.tried(ActionTrial.LIVE)))).doesNotContainAnyElementsOf(first);
  }

  @Test
  void nothingOfATrialReachesRunsThatServe() {
    ActionInvocation action =
        action("console.log(runs, Date.now(), Math.random()); globalThis.left = 1;");
    String served = lines(node.run(action)).getFirst();
    String tried = lines(node.run(action.tried(FIXED))).getFirst();
    String again = lines(node.run(action.tried(FIXED))).getFirst();
    String servedLater = lines(node.run(action)).getFirst();

    assertThat(tried).startsWith("1 " + START + " ").isEqualTo(again);
    assertThat(served).startsWith("1 ");
    assertThat(Long.parseLong(servedLater.split(" ")[1]))
        .isCloseTo(System.currentTimeMillis(), org.assertj.core.data.Offset.offset(60_000L));
    assertThat(servedLater.split(" ")[2]).isNotEqualTo(tried.split(" ")[2]);
    assertThat(node.run(action).trial()).isNull();
  }

  @Test
  void aTrialHasACacheOfItsOwn() {
    node.run(action("api.cache.set('shared', 'served');"));

    assertThat(
            lines(
                node.run(
                    action(
                            "console.log(api.cache.get('shared'), api.cache.set('shared',"
                                + " 'tried').record.expires_at, api.cache.get('shared').value);")
                        .tried(FIXED))))
        .containsExactly("undefined " + (START + Duration.ofMinutes(15).toMillis()) + " tried");
    assertThat(lines(node.run(action("console.log(api.cache.get('shared').value);"))))
        .containsExactly("served");
  }

  @Test
  void whatIsFetchedIsToldAndCanBeReplayed() throws Exception {
    String fetching =
        """
        const answer = await fetch('http://127.0.0.1:PORT/hello?key=' + event.secrets.API_KEY);
        console.log(answer.status, answer.headers.get('content-length'), await answer.text());
        await fetch('http://127.0.0.1:1/').catch(e => console.log(e.message, e.cause.code));
        """
            .replace("PORT", Integer.toString(site.port()));
    ActionTrial recording = new ActionTrial(START, 7L, Fetching.LIVE, true, List.of());
    ActionResult live = node.run(action(fetching).tried(recording));

    TrialTrace.Egress first = trace(live).egress().getFirst();
    assertThat(first.url()).endsWith("/hello?key=[redacted]");
    assertThat(first.status()).isEqualTo(200);
    assertThat(first.bytes()).isEqualTo(("hello from 127.0.0.1:" + site.port()).length());
    assertThat(trace(live).egress().get(1).error()).contains("are not allowed");
    assertThat(trace(live).load()).isPositive();
    assertThat(lines(live)).hasSize(2).last().isEqualTo("fetch failed EGRESS_DENIED");

    List<RecordedFetch> recorded = trace(live).recorded();
    String file = Json.write(recorded);
    assertThat(file).doesNotContain("a-secret-of-acme");
    List<RecordedFetch> read = List.of(Json.read(file, RecordedFetch[].class));
    assertThat(read).isEqualTo(recorded);
    ActionResult replayed =
        node.run(
            action(fetching).tried(new ActionTrial(START, 7L, Fetching.RECORDED, false, read)));
    assertThat(lines(replayed)).isEqualTo(lines(live));
    assertThat(trace(replayed).recorded()).isEmpty();
  }
}
