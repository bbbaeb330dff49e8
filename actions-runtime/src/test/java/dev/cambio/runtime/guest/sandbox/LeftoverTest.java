package dev.cambio.runtime.guest.sandbox;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.graalvm.polyglot.Value;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * State behind functions, Maps and private members, where the check of the realm does not look: of
 * the runtime's own, none of it is there in the next run of the same Action.
 */
@DisplayName("what a run leaves behind (contract actions-runtime §2.1)")
class LeftoverTest {
  private static final String ACTION =
      """
      let runs = 0, kept = { run() {} }
      exports.onExecuteCustomTokenExchange = async (event, api) => {
        const log = console.log
        if (++runs > 1) {
          log(String(%s))
        } else {
          %s
        }
      }
      """;

  private static final String EVENT = "{\"transaction\":{\"metadata\":{}}}";

  private static String second(String before, String probe) throws GuestException {
    try (WarmRealm realm = WarmRealm.of(ACTION.formatted(probe, before))) {
      WarmRealm.Run first = realm.run("custom-token-exchange", EVENT, "{}");
      assertThat(first.failure).isNull();
      if (!realm.isIntact()) {
        return "another realm";
      }
      WarmRealm.Run second = realm.run("custom-token-exchange", EVENT, "{}");
      assertThat(second.failure).isNull();
      return String.join("|", second.lines) + second.commands;
    }
  }

  /**
   * An Action that calls whatever gives something, and walks from all that it gets: what a second
   * run meets again lives longer than a run.
   */
  private static final String COLLECTOR =
      """
      const seen = new WeakSet()
      let again
      const isObject = (x) => (typeof x === 'object' && x !== null) || typeof x === 'function'
      const isConstant = (x) => Object.isFrozen(x) && Reflect.ownKeys(x).every((key) => !isObject(x[key]) || Object.isFrozen(x[key]))
      function walk(roots) {
        const met = new Set(), queue = []
        const add = (x, path) => {
          if (isObject(x) && !met.has(x)) { met.add(x); queue.push([x, path]) }
        }
        for (const [path, root] of Object.entries(roots)) add(root, path)
        for (let i = 0; i < queue.length; i++) {
          const [x, path] = queue[i]
          add(Reflect.getPrototypeOf(x), path + '.__proto__')
          for (const key of Reflect.ownKeys(x)) {
            const own = Reflect.getOwnPropertyDescriptor(x, key), at = `${path}.${String(key)}`
            add(own.value, at); add(own.get, at + '<get>'); add(own.set, at + '<set>')
            if (own.get) try { add(own.get.call(x), at + '()') } catch (e) { add(e, at + '<thrown>') }
          }
        }
        return queue
      }
      exports.onExecuteCustomTokenExchange = async (event, api) => {
        const names = %s
        const modules = Object.fromEntries(names.map((name) => [name, require(name)]))
        const { crypto: c, http, zlib, stream, url, events, util } = modules
        const key = c.generateKeyPairSync('ec', { namedCurve: 'P-256' })
        const emitter = new events()
        const roots = { event, api, ...modules, c1: c.createHash('sha256'), c2: c.createHmac('sha256', 'k'),
          c3: c.createCipheriv('aes-128-cbc', Buffer.alloc(16), Buffer.alloc(16)), c4: c.createECDH('prime256v1'), key,
          c5: c.createSign('sha256'), c6: c.createVerify('sha256'), c7: c.createSecretKey(Buffer.alloc(8)),
          c8: await crypto.subtle.generateKey({ name: 'HMAC', hash: 'SHA-256' }, true, ['sign']),
          h1: http.request('http://a.example').on('error', () => {}), z1: zlib.createGzip(), z2: zlib.createBrotliDecompress?.(),
          s1: stream.Readable.from(['a']), s2: new stream.PassThrough(), u1: url.parse('http://a.example/?a=1'),
          u2: new URLSearchParams('a=1').entries(), u3: new URLSearchParams('a=1').keys(), u4: new URL('http://a.example').searchParams,
          w1: new ReadableStream(), w2: new ReadableStream().values(), w3: new ReadableStream().getReader(), w4: new TransformStream(),
          w5: new WritableStream().getWriter(), w6: new CompressionStream('gzip'), w7: new TextDecoderStream(),
          f1: new Headers({ a: '1' }).entries(), f2: new FormData().entries(), f3: new Response('x'), f4: new Request('http://a.example'),
          f5: new Blob(['a']).stream(), f6: fetch('http://a.example'), a1: new AbortController(), a2: AbortSignal.timeout(9),
          e1: events.on(emitter, 'x'), e2: events.once(emitter, 'x'), e3: events.addAbortListener(new AbortController().signal, () => {}),
          t1: setTimeout(() => {}), t2: setImmediate(() => {}), t3: modules['timers/promises'].setInterval(1), t4: modules.timers.promises,
          p1: performance.mark('a'), p2: new modules.perf_hooks.PerformanceObserver(() => {}), p3: performance.toJSON(),
          d1: modules.diagnostics_channel.channel('c'), d2: modules.diagnostics_channel.tracingChannel('c'),
          y1: new modules.async_hooks.AsyncLocalStorage(), y2: new modules.async_hooks.AsyncResource('a'), y3: modules.async_hooks.createHook({}),
          y4: modules.async_hooks.executionAsyncResource(), i1: util.inspect.defaultOptions, i2: util.promisify(setTimeout),
          i3: util.promisify((a) => a()), i4: util.debuglog('a'), i5: util.inspect(new Map([[1, { a: 1 }]])), n1: navigator,
          q1: process.hrtime(), q2: process.memoryUsage(), q3: process.listeners('a'), m1: c.getCiphers(), m2: c.getHashes(), m3: c.getCurves(),
          m4: c.getCipherInfo('aes-128-cbc'), g1: new Intl.Segmenter().segment('a'), g2: Iterator.from([1]), g3: [1].values().map((x) => x),
          r1: 'a'.matchAll(/a/g), sd: new modules.string_decoder.StringDecoder(), cloned: structuredClone(new Map([[1, 2]])) }
        const found = walk(roots)
        again = found.filter(([x]) => seen.has(x) && !isConstant(x))
        for (const [x] of found) seen.add(x)
        // Last, for a new global ends what the host watches.
        if (again.length > 0) {
          globalThis.again = again.map(([x]) => x)
          globalThis.paths = again.map(([, path]) => path)
        }
        for (const value of Object.values(roots)) value?.catch?.(() => {})
      }
      """;

  private static final String MODULES =
      "['assert', 'async_hooks', 'buffer', 'console', 'constants', 'crypto', 'diagnostics_channel',"
          + " 'dns', 'events', 'http', 'https', 'module', 'os', 'path', 'perf_hooks', 'process',"
          + " 'punycode', 'querystring', 'stream', 'stream/web', 'stream/consumers',"
          + " 'string_decoder', 'timers', 'timers/promises', 'tls', 'tty', 'url', 'util', 'zlib']";

  @Test
  void everythingThatRunsShareIsWatched() throws GuestException {
    try (WarmRealm realm = WarmRealm.of(COLLECTOR.formatted(MODULES))) {
      assertThat(realm.run("custom-token-exchange", EVENT, "{}").failure).isNull();
      assertThat(realm.run("custom-token-exchange", EVENT, "{}").failure).isNull();

      Value again = realm.realm().global("again");
      Value paths = realm.realm().global("paths");
      Set<?> watched = realm.realm().image().objects();
      List<String> unwatched = new ArrayList<>();
      for (long i = 0; i < again.getArraySize(); i++) {
        if (!watched.contains(RealmImage.objectBehind(again.getArrayElement(i)))) {
          unwatched.add(paths.getArrayElement(i).asString());
        }
      }
      assertThat(again.getArraySize()).isGreaterThan(2000);
      assertThat(unwatched).isEmpty();
    }
  }

  @Test
  void nothingThatIsWatchedHasStateBesidesItsMembers() throws GuestException {
    try (WarmRealm realm = WarmRealm.of(COLLECTOR.formatted(MODULES))) {
      assertThat(realm.run("custom-token-exchange", EVENT, "{}").failure).isNull();

      TreeSet<String> kinds = new TreeSet<>();
      for (var object : realm.realm().image().objects()) {
        kinds.add(object.getClass().getSimpleName());
      }
      assertThat(kinds)
          .containsExactly(
              "DefaultLayout",
              "JSArrayObject",
              "JSBooleanObject",
              "JSGlobalObject",
              "JSNumberObject",
              "JSObjectPrototypeObject",
              "JSSetObject",
              "JSStringObject",
              "Unbound");
    }
  }

  @Test
  void anApiOfAnEarlierRunRecordsNothing() throws GuestException {
    String code = ACTION.formatted("kept.access.deny('a', 'b')", "kept = api");
    try (WarmRealm realm = WarmRealm.of(code)) {
      assertThat(realm.run("custom-token-exchange", EVENT, "{}").failure).isNull();

      WarmRealm.Run second = realm.run("custom-token-exchange", EVENT, "{}");

      assertThat(second.lines.getFirst()).contains("after the action had finished");
      assertThat(second.commands).isEmpty();
    }
  }

  @Test
  void finalizersOfAnEarlierRunStaySilent() throws GuestException {
    String code =
        """
        const registry = new FinalizationRegistry((held) => console.log(held))
        registry.register({}, 'of the top level')
        exports.onExecuteCustomTokenExchange = async (event) => {
          if (event.first) for (let i = 0; i < 9; i++) registry.register({}, 'of a run')
        }
        """;
    try (WarmRealm realm = WarmRealm.of(code)) {
      realm.run("custom-token-exchange", "{\"first\":true}", "{}");
      List<String> lines = new ArrayList<>();
      long deadline = System.nanoTime() + Duration.ofSeconds(30).toNanos();
      while (lines.isEmpty() && System.nanoTime() < deadline) {
        System.gc();
        lines.addAll(realm.run("custom-token-exchange", "{}", "{}").lines);
      }
      lines.addAll(realm.run("custom-token-exchange", "{}", "{}").lines);

      assertThat(lines).containsExactly("of the top level");
      assertThat(realm.isIntact()).isTrue();
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '~',
      value = {
        "/(st)(ain)/.exec('a stain here')  | [RegExp.$1, RegExp.$2, RegExp.lastMatch, RegExp.input,"
            + " RegExp.leftContext, RegExp.rightContext, RegExp.lastParen, RegExp.$_]",
        "'a stain'.replace(/st(ai)n/, '')  | RegExp.$1 + RegExp['$&'] + RegExp['$`']",
        "RegExp.input = 'stain'            | RegExp.input",
        "RegExp.multiline = true           | RegExp.multiline",
        "require('diagnostics_channel').subscribe('c', () => log('stain')) |"
            + " [require('diagnostics_channel').hasSubscribers('c'),"
            + " require('diagnostics_channel').channel('c').publish(1)]",
        "require('diagnostics_channel').channel('c').subscribe(() => log('stain')) |"
            + " require('diagnostics_channel').channel('c').publish(1)",
        "require('diagnostics_channel').channel('c').stain = 1 |"
            + " require('diagnostics_channel').channel('c').stain",
        "require('diagnostics_channel').tracingChannel('c').subscribe({ start: () => log('stain')"
            + " }) | require('diagnostics_channel').tracingChannel('c').start.publish(1)",
        "console.count('stain')            | console.count('stain')",
        "console.time('stain')             | console.timeEnd('stain')",
        "console.group('stain')            | 1",
        "performance.mark('stain')         | performance.getEntries().length",
        "performance.mark('stain')         | [performance.getEntriesByName('stain').length,"
            + " performance.getEntriesByType('mark').length]",
        "require('events').defaultMaxListeners = 99 | require('events').defaultMaxListeners",
        "require('events').EventEmitter.captureRejections = true |"
            + " require('events').captureRejections",
        "require('util').inspect.defaultOptions.depth = 9 |"
            + " require('util').inspect.defaultOptions.depth",
        "require('util').inspect.defaultOptions = { depth: 9 } | require('util').inspect({ a: { b:"
            + " { c: { d: { e: 1 } } } } })",
        "require('stream').setDefaultHighWaterMark?.(false, 7) |"
            + " require('stream').getDefaultHighWaterMark?.(false)",
        "process.allowedNodeEnvironmentFlags.add('stain') |"
            + " process.allowedNodeEnvironmentFlags.has('stain')",
        "process.on('exit', () => {})      | process.listenerCount('exit')",
        "process.exitCode = 3              | process.exitCode",
        "process.umask(7)                  | process.umask()",
        "require('http').globalAgent.on('free', () => {}) |"
            + " require('http').globalAgent.listenerCount('free')",
        "require('http').globalAgent.maxSockets = 3 | require('http').globalAgent.maxSockets",
        "require('https').globalAgent.options.stain = 3 |"
            + " require('https').globalAgent.options.stain",
        "require('axios').interceptors.request.use(() => {}) |"
            + " require('axios').interceptors.request.handlers.length",
        "require('querystring').escape = () => 'stain' | require('querystring').stringify({ a: 1"
            + " })",
        "require('url').URL.stain = 1      | require('url').URL.stain",
        "require('string_decoder').StringDecoder.prototype.stain = 1 | new"
            + " (require('string_decoder').StringDecoder)().stain",
        "require('crypto').getRandomValues.stain = 1 | require('crypto').getRandomValues.stain",
        "require('crypto').webcrypto.stain = 1 | require('crypto').webcrypto.stain",
        "const s = new (require('async_hooks').AsyncLocalStorage)(); s.enterWith('stain'); kept = s"
            + " | kept.getStore?.()",
        "require('async_hooks').createHook({}).enable().stain = 1 |"
            + " require('async_hooks').createHook({}).stain",
        "kept = setInterval(() => log('stain'), 1) | clearTimeout(kept)",
        "process.nextTick(() => process.nextTick(() => {})); queueMicrotask(() => {}) | 1",
        "kept = new AbortController(); kept.signal.addEventListener('abort', () => log('stain'));"
            + " kept = undefined | 1",
        "Symbol.for('stain').description   | Reflect.ownKeys(Symbol).length",
        "Error.prepareStackTrace = () => 'stain' | new Error().stack === 'stain'",
        "Error.stackTraceLimit = 0         | Error.stackTraceLimit",
        "navigator.stain = 1               | navigator.stain",
        "require('os').constants.stain = 1 | require('os').constants.stain",
        "require('buffer').INSPECT_MAX_BYTES = 1 | require('buffer').INSPECT_MAX_BYTES",
        "require('assert').AssertionError.stain = 1 | require('assert').AssertionError.stain",
        "require('lodash').templateSettings.imports.stain = 1 |"
            + " require('lodash').templateSettings.imports.stain",
        "require('lodash').mixin({ stain: () => 1 }) | require('lodash').stain",
        "require('zlib').constants.stain = 1 | require('zlib').constants.stain",
        "require('dns').promises.stain = 1 | require('dns').promises.stain",
        "require('tls').rootCertificates.push('stain') | require('tls').rootCertificates.length",
        "require('stream').Readable.prototype.stain = 1 |"
            + " require('stream').Readable.prototype.stain",
        "require('punycode').ucs2.stain = 1 | require('punycode').ucs2.stain",
      })
  void isNotThereInTheNextRun(String leaves, String probe) throws GuestException {
    String clean = second("", probe);

    assertThat(second(leaves, probe)).isIn("another realm", clean);
    assertThat(clean).isNotEqualTo("another realm");
  }
}
