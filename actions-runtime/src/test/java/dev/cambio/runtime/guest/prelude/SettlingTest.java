package dev.cambio.runtime.guest.prelude;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("how a run goes and ends (contract actions-runtime §2.1, §4.2)")
class SettlingTest {
  private final TestRealm realm = new TestRealm();

  @AfterEach
  void close() {
    realm.close();
  }

  @Test
  void acceptsAHandlerThatIsNotAsync() {
    realm.define("module.exports = { onExecuteCustomTokenExchange() { console.log('ran') } }");
    realm.invoke("custom-token-exchange", "{}", "{}");
    assertThat(realm.settled).isEqualTo("ok");
    assertThat(realm.lines).containsExactly("log ran");
  }

  @Test
  void saysWhichExportIsMissing() {
    realm.define("exports.onExecutePostLogin = async () => {}");
    realm.invoke("custom-token-exchange", "{}", "{}");
    assertThat(realm.settled)
        .contains(
            "\"message\":\"Action is missing the required export 'onExecuteCustomTokenExchange'\"");
  }

  @Test
  void tellsWhatWasThrown() {
    realm.exchange("throw Object.assign(new TypeError('bad'), { code: 'E_BAD' })");
    assertThat(realm.settled)
        .startsWith("{\"name\":\"TypeError\",\"message\":\"bad\",\"stack\":\"TypeError: bad")
        .endsWith("\"code\":\"E_BAD\"}")
        .doesNotContain("prelude.js");
  }

  @Test
  void tellsWhatWasThrownThoughItDoesNotWantTo() {
    realm.exchange(
        "throw { get name() { throw 1 }, get message() { throw 2 }, toJSON() { throw 3 } }");
    assertThat(realm.settled).contains("\"message\":\"A value that cannot be printed\"");
    realm.end();
    realm.exchange("throw undefined");
    assertThat(realm.settled).contains("\"message\":\"undefined\"");
    realm.end();
    realm.exchange("throw new Error('x'.repeat(10000))");
    assertThat(realm.settled.length()).isLessThan(9000);
  }

  @Test
  void reportsARejectionThatNobodyHandles() {
    realm.exchange(
        "Promise.reject(new Error('lost')); await new Promise((done) => setTimeout(done, 5))");
    assertThat(realm.unhandled).singleElement().asString().contains("\"message\":\"lost\"");
  }

  @Test
  void leavesHandledRejectionsAlone() {
    realm.exchange(
        "const p = Promise.reject(1); await null; p.catch(() => 0); await"
            + " Promise.allSettled([Promise.reject(2)])");
    assertThat(realm.settled).isEqualTo("ok");
    assertThat(realm.unhandled).isEmpty();
  }

  @Test
  void reportsWhatATimerThrows() {
    realm.exchange(
        "setTimeout(() => { throw new Error('tick') }, 1); await new Promise((done) =>"
            + " setTimeout(done, 5))");
    assertThat(realm.unhandled).singleElement().asString().contains("\"message\":\"tick\"");
  }

  @Test
  void runsTimersInOrderAndClearsThem() {
    realm.exchange(
        """
        const seen = []
        setTimeout((a) => seen.push(a), 20, 'b'); setTimeout(() => seen.push('a'), 10); setImmediate(() => seen.push('now'))
        clearTimeout(setTimeout(() => seen.push('never'), 1)); clearTimeout(+setTimeout(() => seen.push('never'), 2))
        let n = 0; const every = setInterval(() => { seen.push('i' + ++n); if (n === 2) clearInterval(every) }, 4)
        queueMicrotask(() => seen.push('micro')); process.nextTick((x) => seen.push(x), 'tick')
        await require('timers/promises').setTimeout(30)
        console.log(seen.join())
        """);
    assertThat(realm.lines).containsExactly("log tick,micro,now,i1,i2,a,b");
  }

  @Test
  void dropsWhatIsLeftWhenTheRunEnds() {
    realm.exchange(
        "setTimeout(() => console.log('late'), 5000); fetch('https://peer.example/').catch(() =>"
            + " 0)");
    assertThat(realm.settled).isEqualTo("ok");
    assertThat(realm.pending()).isEqualTo(2);
    realm.end();
    assertThat(realm.pending()).isZero();
    assertThat(realm.cancelled).hasSize(1);
    realm.invoke("custom-token-exchange", "{}", "{}");
    assertThat(realm.settled).isEqualTo("ok");
    assertThat(realm.lines).isEmpty();
  }

  @Test
  void knowsThatNothingIsPending() {
    realm.exchange("await new Promise(() => {})");
    assertThat(realm.settled).isEmpty();
    assertThat(realm.pending()).isZero();
  }

  @Test
  void keepsModuleStateAndGivesEachRunItsOwnEvent() {
    realm.define(
        "let n = 0; exports.onExecuteCustomTokenExchange = (event) => { event.seen = ++n;"
            + " console.log(n, Object.keys(event).length) }");
    realm.invoke("custom-token-exchange", "{}", "{}");
    realm.end();
    realm.invoke("custom-token-exchange", "{}", "{}");
    assertThat(realm.lines).containsExactly("log 1 3", "log 2 3");
  }
}
