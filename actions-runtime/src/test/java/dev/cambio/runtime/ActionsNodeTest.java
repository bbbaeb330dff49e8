package dev.cambio.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.BooleanNode;
import dev.cambio.model.action.ActionCommand;
import dev.cambio.model.action.ActionEnding;
import dev.cambio.model.action.ActionError;
import dev.cambio.model.action.ActionInvocation;
import dev.cambio.model.action.ActionResult;
import dev.cambio.model.action.ActionVersion;
import dev.cambio.model.action.ConsoleLine;
import dev.cambio.model.action.Trigger;
import dev.cambio.model.bus.ActionBus;
import dev.cambio.model.bus.ActionsStatus;
import dev.cambio.model.bus.EffectsLeave;
import io.vertx.core.eventbus.DeliveryOptions;
import io.vertx.core.eventbus.Message;
import java.nio.file.Path;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Well-behaved and clumsy Actions in real guest processes, behind the bus. */
class ActionsNodeTest {
  private static TestNode node;

  @BeforeAll
  static void start() throws Exception {
    node = TestNode.start();
  }

  @AfterAll
  static void stop() {
    node.close();
  }

  private static ActionResult exchange(String body) {
    return node.run(handler(body));
  }

  private static String handler(String body) {
    return "exports.onExecuteCustomTokenExchange = async (event, api) => {" + body + "};";
  }

  private static ActionError error(ActionResult result) {
    return Objects.requireNonNull(result.error());
  }

  @Nested
  class Endings {
    @Test
    void returnsTheCommandsInOrder() {
      ActionResult result =
          exchange(
              "api.access.deny('invalid_request', 'no');"
                  + "api.authentication.setUserById('auth0|' + event.client.client_id);");

      assertThat(result.error()).isNull();
      assertThat(result.ending()).isEqualTo(ActionEnding.RETURNED);
      assertThat(result.commands())
          .containsExactly(
              new ActionCommand.Deny("invalid_request", "no"),
              new ActionCommand.SetUserById("auth0|app"));
      assertThat(result.timings().ran()).isPositive();
      assertThat(result.timings().cpu()).isPositive();
    }

    @Test
    void runsAPostLoginAction() {
      ActionInvocation invocation =
          TestNode.withTrigger(
              node.exchange(
                  "exports.onExecutePostLogin = async (event, api) => {"
                      + "api.accessToken.setCustomClaim('https://a.example/b', true); };"),
              Trigger.POST_LOGIN);

      assertThat(node.run(invocation).commands())
          .containsExactly(
              new ActionCommand.SetAccessTokenClaim("https://a.example/b", BooleanNode.TRUE));
    }

    @Test
    void awaitsTimersInTheOrderInWhichTheyAreDue() {
      ActionResult result =
          exchange(
              "const order = [];"
                  + "setTimeout(() => order.push('late'), 30);"
                  + "setTimeout(() => order.push('early'), 1);"
                  + "await new Promise(r => setTimeout(r, 60));"
                  + "api.authentication.setUserById(order.join());");

      assertThat(result.commands()).containsExactly(new ActionCommand.SetUserById("early,late"));
    }

    @Test
    void aPendingTimerDoesNotDelayTheResult() {
      ActionResult result = exchange("setTimeout(() => {}, 60000);");

      assertThat(result.ending()).isEqualTo(ActionEnding.RETURNED);
    }

    @Test
    void aThrowKeepsTheCommandsMadeBefore() {
      ActionResult result =
          exchange("api.access.deny('x', 'no'); throw new TypeError('it broke');");

      assertThat(result.ending()).isEqualTo(ActionEnding.THREW);
      assertThat(result.commands()).containsExactly(new ActionCommand.Deny("x", "no"));
      assertThat(error(result).name()).isEqualTo("TypeError");
      assertThat(error(result).message()).isEqualTo("it broke");
      assertThat(error(result).stack()).contains("action.js:1");
    }

    @Test
    void aMissingHandlerIsAnError() {
      ActionResult result = node.run("exports.onExecuteSomethingElse = () => {};");

      assertThat(result.ending()).isEqualTo(ActionEnding.THREW);
      assertThat(error(result).message())
          .isEqualTo("Action is missing the required export 'onExecuteCustomTokenExchange'");
    }

    @Test
    void aSyntaxErrorIsAnError() {
      ActionResult result = node.run("exports.x = ;");

      assertThat(result.ending()).isEqualTo(ActionEnding.THREW);
      assertThat(error(result).name()).isEqualTo("SyntaxError");
    }

    @Test
    void aThrowAtTheTopLevelIsAnError() {
      ActionResult result = node.run("throw new RangeError('top');");

      assertThat(result.ending()).isEqualTo(ActionEnding.THREW);
      assertThat(error(result).name()).isEqualTo("RangeError");
      assertThat(error(result).message()).isEqualTo("top");
    }

    @Test
    void aPromiseThatNeverSettlesFailsAtOnce() {
      ActionResult result = exchange("await new Promise(() => {});");

      assertThat(result.ending()).isEqualTo(ActionEnding.THREW);
      assertThat(error(result).message()).isEqualTo("The action's promise never settles");
    }

    @Test
    void waitingBeyondTheBudgetTimesOut() {
      ActionResult result =
          node.run(
              TestNode.withTimeout(
                  node.exchange(handler("await new Promise(r => setTimeout(r, 60000));")), 2000));

      assertThat(result.ending()).isEqualTo(ActionEnding.TIMED_OUT);
    }

    @Test
    void anUnhandledRejectionBeforeTheEndIsAnError() {
      ActionResult result =
          exchange(
              "Promise.reject(new Error('forgotten'));"
                  + "await new Promise(r => setTimeout(r, 20));");

      assertThat(result.ending()).isEqualTo(ActionEnding.THREW);
      assertThat(error(result).message()).isEqualTo("forgotten");
    }
  }

  @Nested
  class Console {
    @Test
    void keepsLinesInOrder() {
      ActionResult result = exchange("console.log('one'); console.error('two');");

      assertThat(result.console())
          .extracting(ConsoleLine::level, ConsoleLine::text)
          .containsExactly(
              org.assertj.core.groups.Tuple.tuple("log", "one"),
              org.assertj.core.groups.Tuple.tuple("error", "two"));
    }

    @Test
    void masksSecretsAndTokens() {
      ActionResult result =
          exchange(
              "console.log('key ' + event.secrets.API_KEY);"
                  + "console.log('token ' + event.transaction.subject_token);"
                  + "throw new Error('with ' + event.secrets.API_KEY);");

      assertThat(result.console())
          .extracting(ConsoleLine::text)
          .containsExactly("key [redacted]", "token [redacted]");
      assertThat(error(result).message()).isEqualTo("with [redacted]");
      assertThat(error(result).stack()).doesNotContain("a-secret-of-acme");
    }

    @Test
    void isBounded() {
      ActionResult result =
          exchange("for (let i = 0; i < 5000; i++) console.log('x'.repeat(100));");

      assertThat(result.ending()).isEqualTo(ActionEnding.RETURNED);
      assertThat(result.console().size()).isBetween(600, 1000);
    }
  }

  @Nested
  class Code {
    @Test
    void isAskedForOnce() {
      String source = handler("console.log('counted once');");
      int before = node.codeRequests();

      node.run(source);
      node.run(source);

      assertThat(node.codeRequests()).isEqualTo(before + 1);
    }

    @Test
    void thatDoesNotMatchItsHashIsNotRun() {
      ActionInvocation invocation = node.exchange(handler("console.log('honest');"));
      String hash = TestNode.sha256("something else");
      node.publish(hash, handler("console.log('smuggled');"));

      ActionResult result = node.run(withHash(invocation, hash));

      assertThat(result.ending()).isEqualTo(ActionEnding.CODE_UNAVAILABLE);
      assertThat(result.console()).isEmpty();
    }

    @Test
    void thatNobodyHasIsUnavailable() {
      ActionInvocation invocation = node.exchange(handler(""));

      ActionResult result = node.run(withHash(invocation, TestNode.sha256("unknown")));

      assertThat(result.ending()).isEqualTo(ActionEnding.CODE_UNAVAILABLE);
    }

    @Test
    @DisplayName("additions C13: that comes too late is a fault of the platform")
    void thatComesTooLate() {
      ActionInvocation invocation = TestNode.withTimeout(node.exchange(handler("")), 200);
      node.delayCode(invocation.version().contentHash(), 500);

      ActionResult result = node.run(invocation);

      assertThat(result.ending()).isEqualTo(ActionEnding.CODE_UNAVAILABLE);
    }

    private static ActionInvocation withHash(ActionInvocation base, String hash) {
      return new ActionInvocation(
          base.executionId(),
          base.tenantId(),
          base.trigger(),
          new ActionVersion("act_1", "partner", "ver_" + hash.substring(0, 8), hash),
          base.event(),
          base.secrets(),
          base.sensitive(),
          base.timeoutMs());
    }
  }

  @Nested
  class Cache {
    @Test
    void isSharedByTheActionsOfATrigger() {
      exchange("api.cache.set('shared', 'value');");

      ActionResult result =
          exchange("api.authentication.setUserById(api.cache.get('shared').value);");

      assertThat(result.commands()).containsExactly(new ActionCommand.SetUserById("value"));
    }

    @Test
    void isNotSharedWithAnotherTenant() {
      exchange("api.cache.set('mine', 'value');");

      ActionResult result =
          node.run(
              TestNode.ofTenant(
                  node.exchange(handler("console.log(typeof api.cache.get('mine'));")), "other"));

      assertThat(result.console()).extracting(ConsoleLine::text).containsExactly("undefined");
    }
  }

  @Nested
  @DisplayName("additions C13: a run of another process's has effects only with its leave")
  class Leave {
    private final String cached = "leave-" + System.nanoTime();

    private Message<Object> ask(String body) throws Exception {
      return node.vertx()
          .eventBus()
          .request(
              ActionBus.INVOKE,
              node.exchange(handler(body)),
              new DeliveryOptions().addHeader(ActionBus.ASKS_LEAVE, "1"))
          .await(60, TimeUnit.SECONDS);
    }

    private String effects() {
      return """
      const set = api.cache.set('%s', 'value');
      const gone = api.cache.delete('never-there');
      const failed = await fetch('http://192.0.2.1/').catch((e) => e.cause);
      console.log(set.code, gone.code, failed.code);
      """
          .formatted(cached);
    }

    private ActionEnding answered(Message<Object> wanted, boolean granted) throws Exception {
      assertThat(wanted.body()).isInstanceOf(EffectsLeave.Request.class);
      ActionResult result =
          wanted
              .<ActionResult>replyAndRequest(new EffectsLeave(granted))
              .await(60, TimeUnit.SECONDS)
              .body();
      return result.ending();
    }

    private Object found() {
      return exchange("console.log(api.cache.get('%s')?.value);".formatted(cached))
          .console()
          .getFirst()
          .text();
    }

    @Test
    void aRunWithoutEffectsAsksForNone() throws Exception {
      ActionResult result = (ActionResult) ask("api.cache.get('x'); console.log('done');").body();
      assertThat(result.ending()).isEqualTo(ActionEnding.RETURNED);
    }

    @Test
    void isAskedOnceAndGranted() throws Exception {
      assertThat(
              answered(ask("api.cache.set('%s', 'value'); ".formatted(cached) + effects()), true))
          .isEqualTo(ActionEnding.RETURNED);
      assertThat(found()).isEqualTo("value");
    }

    @Test
    void whoDoesNotGetItHasHadNoEffectAndIsLost() throws Exception {
      assertThat(answered(ask(effects()), false)).isEqualTo(ActionEnding.LOST);
      assertThat(found()).isEqualTo("undefined");
    }

    @Test
    @DisplayName("who gets it too late has had none either, and still answers")
    void late() throws Exception {
      Message<Object> wanted = ask(effects());
      node.vertx().timer(1500, TimeUnit.MILLISECONDS).await();
      assertThat(answered(wanted, true)).isEqualTo(ActionEnding.LOST);
      assertThat(found()).isEqualTo("undefined");
    }
  }

  @Test
  @DisplayName("the node says how it is, where it can be asked, and that it stops")
  void status() throws Exception {
    LinkedBlockingQueue<ActionsStatus> said = new LinkedBlockingQueue<>();
    try (TestNode other = TestNode.start()) {
      other
          .vertx()
          .eventBus()
          .<ActionsStatus>consumer(ActionBus.STATUS, message -> said.add(message.body()));
      ActionsStatus status = Objects.requireNonNull(said.poll(30, TimeUnit.SECONDS));
      assertThat(status.slots()).isEqualTo(2);
      assertThat(status.free()).isEqualTo(2);
      assertThat(status.draining()).isFalse();
      ActionInvocation invocation = other.exchange(handler(""));
      ActionResult result =
          other
              .vertx()
              .eventBus()
              .<ActionResult>request(ActionBus.invokeAt(status.node()), invocation)
              .await(30, TimeUnit.SECONDS)
              .body();
      assertThat(result.ending()).isEqualTo(ActionEnding.RETURNED);
    }
    assertThat(said).last().satisfies(last -> assertThat(last.draining()).isTrue());
    assertThat(said).last().satisfies(last -> assertThat(last.free()).isZero());
  }

  @Nested
  class Fetch {
    @Test
    void isRefusedForPrivateAddresses() {
      ActionResult result =
          exchange(
              "try { await fetch('http://127.0.0.1:9/'); } catch (e) { console.log(e.name); }");

      assertThat(result.ending()).isEqualTo(ActionEnding.RETURNED);
      assertThat(result.console()).extracting(ConsoleLine::text).containsExactly("TypeError");
    }

    @Test
    void trustsNoCertificateThatNobodyVouchesFor(@TempDir Path directory) throws Exception {
      try (LoopbackSite site = LoopbackSite.startSecure(directory);
          TestNode open =
              TestNode.start(Map.of("actions.egress-allow", "127.0.0.1:" + site.port()))) {
        ActionResult result =
            open.run(
                handler(
                    """
                    await fetch('https://127.0.0.1:PORT/hello').catch(e => console.log(e.cause.message));
                    """
                        .replace("PORT", Integer.toString(site.port()))));

        assertThat(result.error()).isNull();
        assertThat(result.console())
            .singleElement()
            .satisfies(line -> assertThat(line.text()).contains("certification path"));
      }
    }

    @Test
    void reachesWhatTheOperatorHasOpened() throws Exception {
      try (LoopbackSite site = LoopbackSite.start();
          TestNode open =
              TestNode.start(Map.of("actions.egress-allow", "127.0.0.1:" + site.port()))) {
        ActionResult result =
            open.run(
                handler(
                    """
                    const answer = await fetch('http://127.0.0.1:PORT/redirect?to=/hello');
                    console.log(answer.status, await answer.text());
                    const big = await fetch('http://127.0.0.1:PORT/big').catch(e => e);
                    console.log(big instanceof TypeError);
                    const away = await fetch('http://127.0.0.1:PORT/redirect?to=http://localhost:1/')
                        .catch(e => e);
                    console.log(away instanceof TypeError);
                    """
                        .replace("PORT", Integer.toString(site.port()))));

        assertThat(result.error()).isNull();
        assertThat(result.console())
            .extracting(ConsoleLine::text)
            .containsExactly("200 hello from 127.0.0.1:" + site.port(), "true", "true");
      }
    }
  }
}
