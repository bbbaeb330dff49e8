package dev.cambio.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import dev.cambio.model.action.ActionEnding;
import dev.cambio.model.action.ActionInvocation;
import dev.cambio.model.action.ActionResult;
import dev.cambio.model.action.ConsoleLine;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What a run does to globals and intrinsics is gone at the next run of the same Action. */
class PollutionTest {
  private static final Duration PATIENCE = Duration.ofSeconds(10);

  private static TestNode node;

  @BeforeAll
  static void start() throws Exception {
    // One slot, so that both runs meet the same context if it is kept.
    node = TestNode.start(Map.of("actions.slots-per-process", "1"));
  }

  @AfterAll
  static void stop() {
    node.close();
  }

  private static int tampered() {
    return node.node().health().guests().tampered();
  }

  private static String second(String code) {
    ActionInvocation invocation = node.exchange(code);
    ActionResult first = node.run(invocation);
    assertThat(first.ending()).as("%s", first.error()).isEqualTo(ActionEnding.RETURNED);
    ActionResult second = node.run(invocation);
    assertThat(second.ending()).as("%s", second.error()).isEqualTo(ActionEnding.RETURNED);
    return second.console().getFirst().text();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "Object.prototype.stain = 1                               | {}.stain",
        "Object.prototype[Symbol.for('stain')] = 1                | {}[Symbol.for('stain')]",
        "Array.prototype[0] = 'stain'                             | [][0]",
        "Array.prototype.map = () => 'stain'                      | [1].map(x => x)",
        "Array.prototype[Symbol.iterator] = function* () {}       | [...[1]].length",
        "Array.prototype.slice.call = () => 'stain'               |"
            + " Array.prototype.slice.call([7])",
        "delete Array.prototype.flat                              | typeof [].flat",
        "Function.prototype.call = () => 'stain'                  | (x => x).call(null, 7)",
        "Promise.prototype.then = null                            | typeof Promise.prototype.then",
        "Promise.resolve = null                                   | typeof Promise.resolve",
        "JSON.parse = () => 'stain'                               | JSON.parse('7')",
        "String.prototype.trim = () => 'stain'                    | ' x '.trim()",
        "RegExp.prototype.exec = () => null                       | /x/.exec('x') !== null",
        "Number.prototype.toFixed = () => 'stain'                 | (7).toFixed(0)",
        "Symbol.prototype.stain = 1                               | Symbol().stain",
        "BigInt.prototype.stain = 1                               | 1n.stain",
        "Date.now = () => 'stain'                                 | typeof Date.now()",
        "Error.prototype.name = 'stain'                           | new Error().name",
        "Error.stackTraceLimit = 0                                | Error.stackTraceLimit",
        "Map.prototype.get = () => 'stain'                        | new Map([[1, 7]]).get(1)",
        "Object.defineProperty(Set.prototype, 'size', { get: () => 'stain' }) | new Set().size",
        "WeakMap.prototype.has = () => 'stain'                    | new WeakMap().has({})",
        "WeakRef.prototype.deref = null                           | typeof new WeakRef({}).deref",
        "FinalizationRegistry.prototype.stain = 1                 |"
            + " FinalizationRegistry.prototype.stain",
        "Reflect.ownKeys = () => []                               | Reflect.ownKeys({ a: 1"
            + " }).length",
        "Proxy.revocable = null                                   | typeof Proxy.revocable",
        "Math.max = () => 'stain'                                 | Math.max(1, 7)",
        "Intl.NumberFormat.prototype.stain = 1                    | new Intl.NumberFormat().stain",
        "Uint8Array.prototype.fill = () => 'stain'                | new Uint8Array(1).fill(7)[0]",
        "Object.getPrototypeOf(Uint8Array.prototype).set = null   | typeof new Uint8Array().set",
        "ArrayBuffer.isView = () => 'stain'                       | ArrayBuffer.isView(1)",
        "DataView.prototype.getInt8 = null                        | typeof"
            + " DataView.prototype.getInt8",
        "Object.getPrototypeOf(async () => {}).constructor.prototype.stain = 1 | (async () =>"
            + " {}).stain",
        "Object.getPrototypeOf(function* () {}).prototype.next = null | typeof (function* ()"
            + " {})().next",
        "Object.getPrototypeOf([].values()).next = null           | typeof [].values().next",
        "Object.defineProperty(Object.getPrototypeOf(async () => {}), 'constructor', { value: 1 })"
            + " | (async () => {}).constructor.name",
        "globalThis.stain = 1                                     | typeof stain",
        "(0, eval)('var stain = 1')                               | typeof stain",
        "delete globalThis.parseInt                               | typeof parseInt",
        "globalThis.fetch = () => 'stain'                         | fetch.name",
        "Object.defineProperty(globalThis, 'Date', { get: () => 'stain' }) | typeof Date",
        "undefined; globalThis[0] = 'stain'                       | globalThis[0]",
        "Object.setPrototypeOf(Math, { stain: 1 })                | Math.stain",
        "Object.setPrototypeOf(globalThis, { stain: 1 })          | typeof stain",
        "Object.freeze(Array.prototype)                           |"
            + " Object.isFrozen(Array.prototype)",
        "Object.preventExtensions(JSON)                           | Object.isExtensible(JSON)",
        "Object.defineProperty(RegExp.prototype, 'exec', { writable: false }) |"
            + " Object.getOwnPropertyDescriptor(RegExp.prototype, 'exec').writable",
        "crypto.subtle.verify = async () => true                  | Object.hasOwn(crypto.subtle,"
            + " 'verify')",
        "SubtleCrypto.prototype.verify = async () => true         |"
            + " SubtleCrypto.prototype.verify.length",
        "Buffer.prototype.toString = () => 'stain'                | Buffer.from('x').toString()",
        "Buffer.from = () => 'stain'                              | Buffer.from('x').length",
        "console.stain = 1                                        | console.stain",
        "process.env.STAIN = 1                                    | process.env.STAIN",
        "URL.prototype.stain = 1                                  | new"
            + " URL('https://a.example').stain",
        "Object.getPrototypeOf(setTimeout(() => {})).ref = null   | typeof setTimeout(() =>"
            + " {}).ref",
        "require('crypto').createHmac = null                      | typeof"
            + " require('crypto').createHmac",
        "require('crypto').constants.stain = 1                    |"
            + " require('crypto').constants.stain",
        "require('util').inspect.custom = 1                       | typeof"
            + " require('util').inspect.custom",
        "require('events').prototype.on = null                    | typeof"
            + " require('events').prototype.on",
        "require('jose').errors.JWTExpired.code = 'stain'         |"
            + " require('jose').errors.JWTExpired.code",
        "require('jsonwebtoken').verify = () => 'stain'           |"
            + " require('jsonwebtoken').verify.length",
        "require('axios').defaults.headers.stain = 1              |"
            + " require('axios').defaults.headers.stain",
        "require('lodash').map = () => 'stain'                    | require('lodash').map([7], x =>"
            + " x)",
      })
  void isGoneAtTheNextRun(String pollution, String probe) {
    int before = tampered();
    String code =
        """
        exports.onExecuteCustomTokenExchange = async (event, api) => {
          const log = console.log;
          const text = String(%s);
          if (event.request.ip === '192.0.2.1') log(text);
          %s;
        };
        """;

    String polluted = second(code.formatted(probe, pollution));
    // The same without the pollution says what it ought to be.
    String clean = second(code.formatted(probe, ""));

    assertThat(polluted).isEqualTo(clean).doesNotContain("stain");
    Waiting.until(PATIENCE, () -> tampered() >= before + 2);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "fetch; crypto.subtle; Buffer.from('a'); new URL('https://a.example'); structuredClone({})",
        "new ReadableStream(); new Headers(); new Response('x').body; process.version;"
            + " atob('YQ==')",
        "console.log(event, new Map([[1, { a: new Error('x') }]])); console.table([{ a: 1 }])",
        "setTimeout(() => {}, 1000); await new Promise(done => setImmediate(done))",
        "await crypto.subtle.digest('SHA-256', new Uint8Array(3));"
            + " require('crypto').randomBytes(8)",
        "require('jose').decodeJwt('eyJhbGciOiJub25lIn0.e30.')",
        "require('jsonwebtoken').sign({ a: 1 }, 'a-secret-of-32-characters-0123456', { algorithm:"
            + " 'HS256' })",
        "require('lodash').merge({}, { a: 1 }); require('lodash').template('<%= a %>')({ a: 1 })",
        "require('uuid').v4(); require('axios').create(); require('jwks-rsa')({ jwksUri:"
            + " 'https://a.example' })",
        "new (require('auth0').ManagementClient)({ domain: 'a.example', token: 't' })",
        "for (const name of ['assert', 'buffer', 'crypto', 'events', 'http', 'https', 'os', 'path',"
            + " 'punycode', 'querystring', 'stream', 'string_decoder', 'timers', 'url', 'util',"
            + " 'zlib', 'async_hooks']) require(name)",
        "await require('axios').get('http://127.0.0.1:1/').catch(() => {})",
        "for (const x of require('zlib').gzipSync('x')) x;"
            + " require('stream').Readable.from(['a']).on('data', () => {})",
        "try { null.x } catch (e) { e.stack } 'abc'.replace(/b/g, 'x'); [3, 1].sort(); new"
            + " Intl.DateTimeFormat('de').format(0)",
        "await Promise.allSettled([Promise.reject(1)]); api.cache.set('k', 'v');"
            + " api.user.setUserMetadata('a', 1)",
      })
  void whatDoesNotPolluteKeepsItsContext(String body) {
    String runs =
        second(
            "let runs = 0; exports.onExecuteCustomTokenExchange = async (event, api) => {"
                + "console.log(++runs);"
                + body
                + "};");

    assertThat(runs).isEqualTo("2");
  }

  @Test
  void modulesKeepTheirVariablesAndPolyfillsWorkInEachRun() {
    int before = tampered();
    ActionInvocation polyfill =
        node.exchange(
            """
            if (!Array.prototype.firstOf) Array.prototype.firstOf = function () { return this[0]; };
            exports.onExecuteCustomTokenExchange = async () => console.log([7].firstOf());
            """);

    for (int i = 0; i < 3; i++) {
      assertThat(node.run(polyfill).console()).extracting(ConsoleLine::text).containsExactly("7");
    }
    Waiting.until(PATIENCE, () -> tampered() == before + 3);
  }
}
