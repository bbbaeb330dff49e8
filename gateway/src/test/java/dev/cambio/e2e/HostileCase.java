package dev.cambio.e2e;

import java.util.List;
import java.util.stream.Stream;

/**
 * Code that tries to do harm, run as the body of an Action.
 *
 * @param family what it abuses
 * @param code what it does; {@code seen(x)} denies with {@code x} as the reason
 * @param answer the whole answer as {@code status error: description}, or 200; {@code |} stands
 *     between two that are right
 */
record HostileCase(String family, String name, String code, String answer) {
  static final String FAILED = "500 server_error: The request could not be completed";
  static final String GRANTED = "200";
  private static final String SEEN = "const seen = text => api.access.deny('seen', String(text));";
  private static final String SET = TokenRequest.SET_JANE;

  private static HostileCase fails(String family, String name, String code) {
    return new HostileCase(family, name, SET + code, FAILED);
  }

  /** Either: it depends on how clever the engine is. */
  private static HostileCase mayFail(String family, String name, String code) {
    return new HostileCase(family, name, SET + code, GRANTED + "|" + FAILED);
  }

  private static HostileCase granted(String family, String name, String code) {
    return new HostileCase(family, name, SET + code, GRANTED);
  }

  private static HostileCase sees(String family, String name, String code, String text) {
    return new HostileCase(family, name, SEEN + SET + code, "400 seen: " + text);
  }

  @Override
  public String toString() {
    return family + ": " + name;
  }

  static Stream<HostileCase> all() {
    return Stream.of(
            cpu(),
            memory(),
            regex(),
            recursion(),
            promises(),
            escape(),
            egress(),
            flooding(),
            boundary())
        .flatMap(List::stream);
  }

  private static List<HostileCase> cpu() {
    String f = "cpu";
    return List.of(
        fails(f, "loop", "while (true) {}"),
        fails(
            f, "sort", "for (const a = Array.from({length: 1e4}, (_, i) => i);;) a.sort(() => 1);"),
        fails(f, "compiling", "for (let i = 0;; i++) new Function('return ' + i)();"),
        fails(f, "parsing", "const s = '[' + '1,'.repeat(1e5) + '1]'; for (;;) JSON.parse(s);"),
        fails(f, "search without end", "Array.prototype.indexOf.call({length: 2 ** 53 - 1}, 1);"),
        fails(f, "large number", "BigInt('9'.repeat(5e6));"),
        fails(f, "growing number", "for (let x = 3n;;) x *= x;"));
  }

  private static List<HostileCase> memory() {
    String f = "memory";
    return List.of(
        fails(f, "arrays", "for (const a = [];;) a.push(new Array(1000).fill({}));"),
        fails(f, "buffers", "for (const a = [];;) a.push(new Uint8Array(1 << 20).fill(1));"),
        fails(f, "strings", "for (let i = 0, a = [];; i++) a.push('x'.repeat(1e5) + i);"),
        fails(f, "doubling string", "for (let s = 'xy';;) s += s;"),
        fails(f, "one large array", "new Array(1e9).fill(0);"),
        fails(f, "one large buffer", "new ArrayBuffer(2 ** 31);"),
        fails(f, "map", "for (let i = 0, m = new Map();; i++) m.set(i, [i]);"),
        fails(f, "closures", "for (let f = () => 0;;) { const g = f; f = () => g; }"),
        fails(f, "clones", "for (let o = [1, 2];;) o = [structuredClone(o), o];"));
  }

  private static List<HostileCase> regex() {
    String f = "regex";
    return List.of(
        fails(f, "back reference", "/(x+x+)+\\1y/.test('x'.repeat(60));"),
        mayFail(f, "lookahead", "/^(?=(a+)+$)\\1b/.test('a'.repeat(60) + '!');"),
        mayFail(f, "lookbehind", "/(?<=(a+)+\\1)b/.test('a'.repeat(5000));"),
        mayFail(f, "lazy", "/(.*?){30}\\1q/.test('ab'.repeat(200));"),
        fails(f, "letters", "/^((\\p{L}+)+)\\1$/u.test('é'.repeat(61) + '1');"),
        mayFail(
            f,
            "replace in a loop",
            "for (let s = 'a'.repeat(1e5);;) s = s.replace(/(a+)\\1/g, '$1$1');"));
  }

  private static List<HostileCase> recursion() {
    String f = "recursion";
    return List.of(
        fails(f, "plain", "(function f() { f(); })();"),
        fails(f, "that catches itself", "(function f() { try { f(); } catch { f(); } })();"),
        fails(f, "toString", "String({ toString() { return String(this); } });"),
        fails(f, "getter", "const o = { get a() { return this.a; } }; o.a;"),
        fails(f, "proxy", "const p = new Proxy({}, { get: (t, k, r) => r[k] }); p.a;"),
        fails(f, "async", "const g = async () => { await g(); }; await g();"),
        fails(f, "deep JSON", "JSON.parse('['.repeat(1e6) + ']'.repeat(1e6));"));
  }

  private static List<HostileCase> promises() {
    String f = "promises";
    return List.of(
        fails(f, "never settles", "await new Promise(() => {});"),
        fails(f, "microtasks", "for (;;) await null;"),
        fails(f, "chain", "await (function g() { return Promise.resolve().then(g); })();"),
        fails(f, "ticks", "await new Promise(() => setInterval(() => {}, 1));"),
        fails(f, "many timers", "for (;;) setTimeout(() => {}, 1);"),
        fails(f, "thenable without end", "await { then(ok) { ok(this); } };"),
        fails(
            f,
            "rejections",
            "for (let i = 0; i < 1e3; i++) Promise.reject(i); await null; await 0;"),
        fails(
            f,
            "process.nextTick",
            "await new Promise(() => (function t() { process.nextTick(t); })());"));
  }

  private static List<HostileCase> escape() {
    String f = "host escape";
    return List.of(
        sees(
            f,
            "globals",
            "seen(['Java', 'Polyglot', 'Graal', 'load', 'loadWithNewGlobal', 'print', 'printErr',"
                + " 'Packages', 'java', 'javax', 'org', 'com', 'read', 'quit', 'exit',"
                + " 'SharedArrayBuffer', 'Atomics', 'WebAssembly', '$EXEC', 'Worker']"
                + ".filter(name => name in globalThis));",
            ""),
        sees(
            f,
            "constructor",
            "seen((() => {}).constructor('return typeof Java + typeof Polyglot')());",
            "undefinedundefined"),
        sees(
            f,
            "modules",
            "seen(['fs', 'child_process', 'vm', 'worker_threads', 'net', 'cluster',"
                + " 'inspector'].map(name => { try { require(name); return 'got ' + name; } catch"
                + " (e) { return e.message.startsWith('Cannot find module') ? '' : e.message; }"
                + " }).join(''));",
            ""),
        sees(
            f, "import", "seen(await import('fs').then(() => 'got', () => 'refused'));", "refused"),
        sees(f, "environment", "seen(JSON.stringify(process.env));", "{}"),
        sees(
            f,
            "errors of the host",
            "const texts = []; for (const call of ["
                + "() => crypto.subtle.importKey('raw', new Uint8Array(1), 'nothing', false, []),"
                + "() => crypto.subtle.digest('SHA-0', new Uint8Array(1)),"
                + "() => require('crypto').createHash('nothing'),"
                + "() => api.cache.set({}, {}, { get ttl() { throw 1; } }),"
                + "() => fetch({ toString() { throw new Error('x'); } })]) {"
                + " try { await call(); } catch (e) { texts.push(String(e && e.stack)); } }"
                + "seen(/java|dev\\.cambio|graalvm|truffle|at com\\./i.test(texts.join()));",
            "false"),
        sees(
            f,
            "walk from api",
            "const known = new Set(); const found = []; (function walk(o, depth) { if (o === null"
                + " || (typeof o !== 'object' && typeof o !== 'function') || known.has(o) || depth"
                + " > 6) return; known.add(o); for (const k of Reflect.ownKeys(o)) { if"
                + " (/java|polyglot|host/i.test(String(k))) found.push(String(k)); let v; try { v ="
                + " o[k]; } catch { continue; } walk(v, depth + 1); }"
                + " walk(Object.getPrototypeOf(o), depth + 1); })([api, event, require,"
                + " globalThis], 0);seen(found.filter(k => !/^host(name)?$/.test(k)));",
            ""),
        sees(
            f,
            "callers",
            "seen((function () { try { return !arguments.callee.caller; }"
                + " catch { return true; } })());",
            "true"));
  }

  private static List<HostileCase> egress() {
    String f = "egress";
    return Stream.of(
            "http://127.0.0.1:9000/health/ready",
            "http://localhost:5432/",
            "http://169.254.169.254/latest/meta-data/",
            "http://[::1]/",
            "http://[::ffff:127.0.0.1]/",
            "http://10.0.0.1/",
            "http://100.64.0.1/",
            "http://0.0.0.0/",
            "http://2130706433/",
            "http://0x7f.1/",
            "http://[64:ff9b::7f00:1]/",
            "file:///etc/passwd")
        .map(
            url ->
                sees(
                    f,
                    url,
                    "seen(await fetch('" + url + "').then(r => r.status, e => e.name));",
                    "TypeError"))
        .toList();
  }

  private static List<HostileCase> flooding() {
    String f = "flooding";
    return List.of(
        granted(f, "console", "for (let i = 0; i < 2e4; i++) console.log('x'.repeat(100));"),
        granted(f, "long lines", "for (let i = 0; i < 20; i++) console.log('x'.repeat(1e6));"),
        fails(f, "commands", "for (;;) api.authentication.setUserById('auth0|jane');"),
        fails(f, "cache", "for (let i = 0; i < 1e6; i++) api.cache.set('k' + (i % 30), 'v' + i);"),
        fails(f, "cache reads", "for (let i = 0; i < 1e6; i++) api.cache.get('k' + i);"),
        granted(f, "large cache", "api.cache.set('k'.repeat(1e6), 'v'.repeat(4e6));"),
        fails(
            f,
            "requests",
            "for (;;) { const c = new AbortController(); fetch('http://127.0.0.1:9/', { signal:"
                + " c.signal }).catch(() => {}); c.abort(); }"),
        sees(
            f,
            "requests at once",
            "seen((await Promise.allSettled(Array.from({length: 50},"
                + " () => fetch('http://127.0.0.1:9/')))).every(r => r.status === 'rejected'));",
            "true"));
  }

  private static List<HostileCase> boundary() {
    String f = "boundary";
    return List.of(
        fails(f, "huge argument", "api.access.deny('x', 'y'.repeat(8e6));"),
        fails(f, "NaN as id", "api.authentication.setUserById(NaN);"),
        new HostileCase(
            f,
            "surrogate as id",
            "api.authentication.setUserById('\\ud800');",
            "400 invalid_request: The user could not be resolved."),
        fails(f, "getter that throws", "api.authentication.setActor({ get sub() { throw 1; } });"),
        fails(f, "getter that hangs", "api.authentication.setActor({ get sub() { for (;;); } });"),
        fails(
            f,
            "toJSON without end",
            "const o = { toJSON() { return { o }; } }; JSON.stringify(o);"),
        fails(
            f,
            "deep argument",
            "let o = {}; for (let i = 0; i < 1e5; i++) o = { o };"
                + "api.authentication.setActor({ sub: 'a', o });"),
        fails(f, "circle", "const o = { sub: 'a' }; o.o = o; api.authentication.setActor(o);"),
        granted(
            f,
            "__proto__ as key",
            "JSON.parse('{\"__proto__\": {\"sub\": \"x\"}, \"constructor\": 1}');"
                + "if (({}).sub) throw new Error('polluted');"),
        granted(f, "call after settling", "setTimeout(() => api.access.deny('late', 'late'), 1);"),
        granted(f, "thenable as value", "return { then(ok) { ok(7); } };"),
        fails(f, "thenable that hangs", "return { then() { for (;;); } };"),
        fails(f, "error that hangs", "throw { get message() { for (;;); } };"),
        fails(
            f, "error that throws", "throw { get name() { throw 1; }, get stack() { throw 2; } };"),
        fails(
            f,
            "proxy as error",
            "throw new Proxy({}, { get() { throw 1; }, has() { throw 2; } });"),
        fails(f, "undefined as error", "throw undefined;"),
        fails(f, "symbol as error", "throw Symbol('s');"));
  }
}
