package dev.cambio.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import dev.cambio.model.action.ActionCommand;
import dev.cambio.model.action.ActionEnding;
import dev.cambio.model.action.ActionInvocation;
import dev.cambio.model.action.ActionResult;
import dev.cambio.model.action.ConsoleLine;
import io.vertx.core.Future;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Actions that try to stay, to take everything or to get out. */
class HostileActionsTest {
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  private static TestNode node;

  @BeforeAll
  static void start() throws Exception {
    node = TestNode.start(Map.of("actions.kill-grace-ms", "300"));
  }

  @AfterAll
  static void stop() {
    node.close();
  }

  private static ActionInvocation exchange(String body) {
    return TestNode.withTimeout(
        node.exchange(
            "exports.onExecuteCustomTokenExchange = async (event, api) => {" + body + "};"),
        1_000);
  }

  private static void assertThatBothSlotsWork() {
    ActionInvocation wellBehaved =
        TestNode.withTimeout(exchange("api.authentication.setUserById('u');"), 20_000);
    List<Future<ActionResult>> both = List.of(node.send(wellBehaved), node.send(wellBehaved));
    for (Future<ActionResult> result : both) {
      assertThat(result.await().commands()).containsExactly(new ActionCommand.SetUserById("u"));
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "while (true) {}",
        "/(x+x+)+\\1y/.test('x'.repeat(60))",
        "Array.prototype.indexOf.call({length: 2 ** 53 - 1}, 1)",
        "function f() { try { f() } catch (e) { f() } } f()",
      })
  void runsWithoutEndTimeOut(String body) {
    ActionResult result = node.run(exchange("api.access.deny('early', 'kept');" + body));

    // Some of them use up what they may allocate first.
    assertThat(result.ending()).isIn(ActionEnding.TIMED_OUT, ActionEnding.OUT_OF_MEMORY);
    assertThat(result.commands()).containsExactly(new ActionCommand.Deny("early", "kept"));
    assertThatBothSlotsWork();
  }

  @Test
  void aFloodOfPromisesEndsByWhicheverBudgetIsUsedUpFirst() {
    ActionResult result =
        node.run(exchange("api.access.deny('early', 'kept'); for (;;) await null;"));

    assertThat(result.ending()).isIn(ActionEnding.TIMED_OUT, ActionEnding.OUT_OF_MEMORY);
    assertThat(result.commands()).containsExactly(new ActionCommand.Deny("early", "kept"));
    assertThatBothSlotsWork();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "const all = []; for (;;) all.push(new Array(1000).fill({}));",
        "let s = 'x'; const all = []; for (;;) { all.push(new Uint8Array(1024 * 1024)); }",
        "const all = []; for (let i = 0; ; i++) all.push('x'.repeat(100000) + i);",
      })
  void memoryBombsEnd(String body) {
    ActionResult result = node.run(TestNode.withTimeout(exchange(body), 10_000));

    assertThat(result.ending()).isEqualTo(ActionEnding.OUT_OF_MEMORY);
    assertThatBothSlotsWork();
  }

  @Test
  void aHungRunCostsItsNeighbourTheProcessAndTheSpareTakesOver() {
    List<Long> before = node.node().processIds();
    Future<ActionResult> neighbour =
        node.send(
            TestNode.withTimeout(
                exchange("await new Promise(r => setTimeout(r, 15000));"), 20_000));
    Future<ActionResult> hung =
        node.send(exchange("Array.prototype.indexOf.call({length: 2 ** 53 - 1}, 1)"));

    assertThat(hung.await().ending()).isIn(ActionEnding.TIMED_OUT, ActionEnding.OUT_OF_MEMORY);
    assertThat(neighbour.await().ending()).isEqualTo(ActionEnding.CRASHED);
    assertThatBothSlotsWork();
    Waiting.until(PATIENCE, () -> node.node().health().guests().spare());
    assertThat(node.node().processIds()).isNotEqualTo(before).hasSize(2);
  }

  @Test
  void aProcessKilledFromOutsideIsReplaced() {
    long serving = node.node().processIds().getFirst();
    Future<ActionResult> running =
        node.send(
            TestNode.withTimeout(
                exchange("await new Promise(r => setTimeout(r, 15000));"), 20_000));
    Waiting.until(PATIENCE, () -> node.node().health().busy() == 1);

    Optional<ProcessHandle> handle = ProcessHandle.of(serving);
    handle.ifPresent(ProcessHandle::destroyForcibly);

    // Killed before the code had come, the run is simply moved; it ends in any case.
    assertThat(running.await().ending()).isIn(ActionEnding.CRASHED, ActionEnding.RETURNED);
    assertThatBothSlotsWork();
  }

  @Test
  void globalsGiveNoWayOut() {
    ActionResult result =
        node.run(
            exchange(
                """
                const names = ['Java', 'Polyglot', 'Graal', 'load', 'loadWithNewGlobal', 'print',
                  'printErr', 'Packages', 'java', 'javax', 'org', 'com', 'read', 'quit', 'exit',
                  'SharedArrayBuffer', 'Atomics', 'WebAssembly', 'arguments$', '$EXEC'];
                console.log(JSON.stringify(names.filter(name => name in globalThis)));
                console.log((() => {}).constructor('return typeof Java + typeof Polyglot')());
                """));

    assertThat(result.error()).isNull();
    assertThat(result.console())
        .extracting(ConsoleLine::text)
        .containsExactly("[]", "undefinedundefined");
  }

  @Test
  void whatIsRefusedNamesNothingOfTheHost() {
    ActionResult result =
        node.run(
            TestNode.withTimeout(
                exchange(
                    """
                    const node = require('crypto'), { subtle } = crypto, bytes = new Uint8Array(3);
                    const rsa = { name: 'RSA-PSS', hash: 'SHA-256' };
                    const tries = [
                      () => new Uint8Array(-1), () => 'x'.repeat(2 ** 40), () => new Array(-1), () => null.x,
                      () => (function f() { f() + 1 })(), () => BigInt('x'), () => new RegExp('('), () => eval('('),
                      () => new Function('('), () => decodeURIComponent('%'), () => Symbol() + '', () => JSON.parse('{'),
                      () => new Intl.NumberFormat('x'), () => new Date(NaN).toISOString(), () => new Proxy({}, null),
                      () => crypto.getRandomValues(new Float32Array(1)), () => crypto.getRandomValues({}),
                      () => subtle.importKey('raw', 1, 'x', true, []), () => subtle.digest('x', bytes),
                      () => subtle.importKey('spki', bytes, rsa, true, ['verify']), () => subtle.verify(rsa, {}, bytes, bytes),
                      () => subtle.importKey('jwk', { kty: 'EC', crv: 'P-256', x: 'AA', y: 'AA' },
                        { name: 'ECDSA', namedCurve: 'P-256' }, true, ['verify']),
                      () => node.createHash('nope').update('a').digest(), () => node.createPublicKey('garbage'),
                      () => node.createPrivateKey('-----BEGIN PRIVATE KEY-----\\nAAAA\\n-----END PRIVATE KEY-----'),
                      () => node.createCipheriv('aes-256-gcm', 'short', 'x'), () => node.timingSafeEqual(bytes, new Uint8Array(2)),
                      () => fetch('nope:'), () => fetch('http://127.0.0.1:1/'), () => new Request(''), () => new URL('x'),
                      () => require('fs'), () => require({}), () => require('no-such-package'), () => setTimeout(1),
                      () => structuredClone(() => {}), () => atob('*'), () => require('tls').connect(),
                      () => require('zlib').gunzipSync('x'), () => api.authentication.setUserById(1),
                      () => api.authentication.setUserByConnection('c', { x: 1 }), () => new CryptoKey(),
                    ];
                    let thrown = 0;
                    for (const attempt of tries) {
                      try { await attempt(); } catch (e) {
                        thrown++;
                        const told = [String(e), ...Reflect.ownKeys(e).map((key) => String(e[key]))].join();
                        if (/java|graal|truffle|oracle|cambio|polyglot|sun\\./i.test(told)) console.log(attempt, told);
                      }
                    }
                    console.log(thrown === tries.length ? 'all refused' : thrown);
                    """),
                10_000));

    assertThat(result.error()).isNull();
    assertThat(result.console()).extracting(ConsoleLine::text).containsExactly("all refused");
  }

  @Test
  void stacksShowNoFunctionOfTheRuntime() {
    ActionResult result =
        node.run(
            exchange(
                """
                Error.prepareStackTrace = (_, sites) => sites;
                const open = await new Promise((done) => setTimeout(() => done(new Error().stack)));
                const leaks = [open, new Error().stack].flat()
                  .filter((site) => typeof site !== 'string' && !/action/.test(site.getFileName() ?? ''))
                  .filter((site) => site.getFunction() !== undefined || site.getThis() !== undefined);
                const caller = await new Promise((done) => setTimeout(function f() { done(typeof f.caller); }));
                console.log(open.length > 0, leaks.length, caller);
                """));

    assertThat(result.error()).isNull();
    assertThat(result.console()).extracting(ConsoleLine::text).containsExactly("true 0 undefined");
  }

  @Test
  void tenantsNeverShareAGlobal() {
    ActionInvocation first =
        exchange(
            "globalThis.seen = (globalThis.seen || '') + event.secrets.API_KEY.length;"
                + "console.log(globalThis.seen);");
    ActionInvocation second = TestNode.ofTenant(first, "other");

    for (int i = 1; i <= 4; i++) {
      node.run(first);
      String text = node.run(second).console().getFirst().text();
      // Two lanes: a realm has seen at most its own tenant's runs.
      assertThat(text.length()).isLessThanOrEqualTo(2 * i);
    }
  }

  @Test
  void guestProcessesEndWithTheirNode() throws Exception {
    TestNode other = TestNode.start();
    List<ProcessHandle> guests =
        other.node().processIds().stream().flatMap(pid -> ProcessHandle.of(pid).stream()).toList();
    assertThat(guests).isNotEmpty();

    other.close();

    Waiting.until(PATIENCE, () -> guests.stream().noneMatch(ProcessHandle::isAlive));
  }
}
