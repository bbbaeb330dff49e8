package dev.cambio.runtime.guest.prelude;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import org.graalvm.polyglot.Value;
import org.graalvm.polyglot.proxy.ProxyExecutable;
import org.graalvm.polyglot.proxy.ProxyObject;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Whatever guest code can reach is JavaScript: no object of the host, by no path. */
class EscapeTest {
  /**
   * Walks keys, symbols, descriptors, prototypes and what getters give, from the objects it is
   * given; answers the paths of all objects that are not the realm's own.
   */
  private static final String WALKER =
      """
      (function (...roots) {
        const foreign = [], seen = new Set(), queue = [];
        const isObject = (x) => (typeof x === 'object' && x !== null) || typeof x === 'function';
        const isForeign = (x) => {
          try {
            if (typeof x === 'function') { Function.prototype.toString.call(x); }
            const probe = Symbol();
            return Reflect.isExtensible(x) && !(Reflect.defineProperty(x, probe, { value: 1, configurable: true })
              && Reflect.deleteProperty(x, probe));
          } catch { return true; }
        };
        const add = (x, path) => {
          if (isObject(x) && !seen.has(x)) { seen.add(x); queue.push([x, path]); }
        };
        roots.forEach((root, i) => add(root, `#${i}`));
        while (queue.length > 0) {
          const [x, path] = queue.shift();
          if (isForeign(x)) { foreign.push(path); continue; }
          add(Reflect.getPrototypeOf(x), path + '.__proto__');
          for (const key of Reflect.ownKeys(x)) {
            const at = `${path}.${String(key)}`;
            const own = Reflect.getOwnPropertyDescriptor(x, key);
            add(own.value, at); add(own.get, at + '<get>'); add(own.set, at + '<set>');
            if (own.get) {
              try { add(own.get.call(x), at + '()'); } catch (e) { add(e, at + '<thrown>'); }
            }
          }
        }
        return [seen.size, ...foreign];
      })
      """;

  private static final List<String> MODULES =
      List.of(
          "assert",
          "async_hooks",
          "buffer",
          "console",
          "constants",
          "crypto",
          "dns",
          "events",
          "http",
          "https",
          "module",
          "os",
          "path",
          "perf_hooks",
          "process",
          "punycode",
          "querystring",
          "stream",
          "stream/web",
          "string_decoder",
          "timers",
          "timers/promises",
          "tls",
          "tty",
          "url",
          "util",
          "zlib",
          "auth0",
          "axios",
          "jose",
          "jsonwebtoken",
          "jwks-rsa",
          "lodash",
          "uuid");

  private static List<String> foreign(Value answer) {
    return java.util.stream.LongStream.range(1, answer.getArraySize())
        .mapToObj(i -> answer.getArrayElement(i).asString())
        .toList();
  }

  @Test
  void theWalkerKnowsAHostObjectWhenItSeesOne() {
    try (TestRealm realm = new TestRealm()) {
      ProxyExecutable function = arguments -> null;
      Value holder = realm.eval("({ a: { b: {} } })");
      holder.getMember("a").getMember("b").putMember("f", function);
      holder.getMember("a").putMember("o", ProxyObject.fromMap(Map.of("x", 1)));

      assertThat(foreign(realm.eval(WALKER).execute(holder)))
          .containsExactlyInAnyOrder("#0.a.o", "#0.a.b.f");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"custom-token-exchange", "post-login"})
  void nothingOfTheHostIsInReach(String trigger) {
    try (TestRealm realm = new TestRealm()) {
      String modules = String.join("','", MODULES);
      realm
          .define(
              """
              const run = async (event, api) => {
                globalThis.roots = [globalThis, event, api, require, module,
                  ...['%s'].map(require), setTimeout(() => {}), fetch('https://a.example'),
                  require('crypto').createHash('sha256'), new ReadableStream().values(),
                  require('http').request('http://a.example').on('error', () => {})];
              };
              exports.onExecuteCustomTokenExchange = run;
              exports.onExecutePostLogin = run;
              """
                  .formatted(modules))
          .invoke(trigger, "{\"transaction\":{\"metadata\":{}}, \"user\":{}}", "{}");
      assertThat(realm.settled).isEqualTo("ok");

      Value answer = realm.eval(WALKER).execute(roots(realm));

      assertThat(foreign(answer)).isEmpty();
      assertThat(answer.getArrayElement(0).asInt()).isGreaterThan(3000);
    }
  }

  private static Object[] roots(TestRealm realm) {
    Value roots = realm.eval("globalThis.roots");
    Object[] all = new Object[(int) roots.getArraySize()];
    for (int i = 0; i < all.length; i++) {
      all[i] = roots.getArrayElement(i);
    }
    return all;
  }
}
