package dev.cambio.runtime.guest.prelude;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@DisplayName("the world of an Action (contract actions-runtime §10)")
class GlobalsTest {
  private final TestRealm realm = new TestRealm();

  @AfterEach
  void close() {
    realm.close();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "Graal", "Java", "Polyglot", "Packages", "java", "load", "loadWithNewGlobal", "print",
        "printErr", "quit", "exit", "read", "readline", "arguments", "WebAssembly",
            "SharedArrayBuffer"
      })
  void hidesTheEngine(String name) {
    assertThat(realm.eval("typeof globalThis[" + '"' + name + "\"]").asString())
        .isEqualTo("undefined");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          Buffer.from('hé').toString('base64url') | aMOp
          Buffer.from('aMOp', 'base64url').toString() | hé
          Buffer.from('ff00', 'hex').length | 2
          Buffer.byteLength('aMOp', 'base64url') | 3
          atob('aGk=') + btoa('hi') | hiaGk=
          new URL('../c?d=1#e', 'https://a.example/b/x').href | https://a.example/c?d=1#e
          new URL('https://a.example/?x=1&x=2').searchParams.getAll('x').join() | 1,2
          new URLSearchParams({ a: '1 2', b: 'ü' }).toString() | a=1+2&b=%C3%BC
          new TextEncoder().encode('€').join() | 226,130,172
          new TextDecoder().decode(new Uint8Array([0xef, 0xbb, 0xbf, 226, 130, 172])) | €
          new TextDecoder('latin1').decode(new Uint8Array([0xe9])) | é
          new TextDecoder('utf-16le').decode(new Uint8Array([65, 0])) | A
          (() => { const d = new TextDecoder(); return d.decode(new Uint8Array([226, 130]), { stream: true }) + d.decode(new Uint8Array([172])) })() | €
          (() => { try { new TextDecoder('utf-8', { fatal: true }).decode(new Uint8Array([255])) } catch (e) { return e.name } })() | TypeError
          structuredClone(new Map([['a', new Set([1])]])).get('a') instanceof Set | true
          (() => { const a = {}; a.a = a; const b = structuredClone(a); return b !== a && b.a === b })() | true
          (() => { try { structuredClone(() => 1) } catch (e) { return e.name + e.code } })() | DataCloneError25
          AbortSignal.abort().reason.name | AbortError
          AbortSignal.any([new AbortController().signal, AbortSignal.abort('why')]).reason | why
          process.version.startsWith('v22.') && Object.keys(process.env).length === 0 | true
          typeof performance.now() + typeof crypto.randomUUID() | numberstring
          global === globalThis | true
          require('util').format('%s %d', 'a', 1) | a 1
          require('node:util').inspect({ a: { b: { c: {} } } }) | { a: { b: { c: {} } } }
          require('path').join('a', '..', 'b') | b
          require('querystring').stringify({ a: [1, 2] }) | a=1&a=2
          require('url').parse('https://a.example/b?c=1').pathname | /b
          new (require('events'))().on('x', () => 0).listenerCount('x') | 1
          require('os').totalmem() | 0
          require('zlib').gunzipSync(require('zlib').gzipSync('hi')).toString() | hi
          require('crypto').createHash('sha256').update('abc').digest('hex').slice(0, 8) | ba7816bf
          require('crypto').createHmac('sha1', 'k').update('d').digest('base64') | K5DkHnwMyOL3XAKRDDiZzEaLoxY=
          require('crypto').timingSafeEqual(Buffer.from('a'), Buffer.from('a')) | true
          require('string_decoder').StringDecoder.name | StringDecoder
          require('punycode').toASCII('bücher.example') | xn--bcher-kva.example
          require('stream').Readable.name | Readable
          new Headers({ 'X-A': ' 1 ' }).get('x-a') | 1
          await new Response(new FormData()).text().then((t) => t.startsWith('------formdata-')) | true
          await new Response(new Blob(['a', 'b'])).text() | ab
          await new Response('{"a":1}').json().then((j) => j.a) | 1
          (await new Response('stream').body.getReader().read()).value.length | 6
          await new Request('https://a.example', { method: 'post', body: 'x' }).text() | x
          """)
  void works(String expression, String printed) {
    assertThat(realm.print("`${" + expression + "}`")).isEqualTo(printed);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "fs",
        "child_process",
        "net",
        "dgram",
        "cluster",
        "worker_threads",
        "vm",
        "inspector",
        "node:fs",
        "nosuchpackage"
      })
  void hasNoModuleThatReachesOut(String name) {
    assertThat(
            realm.print(
                "(() => { try { require('"
                    + name
                    + "') } catch (e) { return e.code + ' ' + e.message } })()"))
        .isEqualTo("MODULE_NOT_FOUND Cannot find module '" + name + "'");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          'Event', { a: { b: { c: { d: 1 } } } } | Event { a: { b: { c: [Object] } } }
          '%s is %d, %i, %f %j %o %O %%', 'x', 42, 4.9, 1.5, { a: 1 }, [1], { b: 2 } | x is 42, 4, 1.5 {"a":1} [ 1, [length]: 1 ] { b: 2 } %
          [1, 'two', null, undefined], new Map([['k', 1]]) | [ 1, 'two', null, undefined ] Map(1) { 'k' => 1 }
          'a', 1, true, Symbol('s') | a 1 true Symbol(s)
          new (class Thing { x = 1 })() | Thing { x: 1 }
          Buffer.from('hi') | <Buffer 68 69>
          """)
  void formatsAsNodeDoes(String arguments, String line) {
    realm.exchange("console.log(" + arguments + ")");
    assertThat(realm.lines).containsExactly("log " + line);
  }

  @Test
  void hasTheWholeConsole() {
    realm.exchange(
        """
        console.info('i'); console.warn('w'); console.error('e'); console.debug('d'); console.assert(false, 'no')
        console.group('g'); console.log('in'); console.groupEnd(); console.count(); console.dir({ a: 1 })
        const { log } = console; log('free'); console.time('t'); console.timeEnd('t'); console.trace('here')
        """);
    assertThat(realm.lines)
        .startsWith(
            "info i",
            "warn w",
            "error e",
            "debug d",
            "error Assertion failed: no",
            "log g",
            "log   in",
            "log default: 1",
            "log { a: 1 }",
            "log free",
            "log t: 0ms")
        .last()
        .asString()
        .startsWith("trace Trace: here\n");
  }

  @Test
  void fetchesThroughTheHost() {
    realm.answering((head, body) -> TestRealm.Answer.of(201, "{\"ü\":1}"));
    realm.exchange(
        """
        const response = await fetch(new URL('https://peer.example/p'), { method: 'put', headers: { 'X-A': '1' }, body: new URLSearchParams('a=1') })
        console.log(response.status, response.ok, response.headers.get('Content-Type'), await response.json())
        """);
    assertThat(realm.lines).containsExactly("log 201 true application/json { 'ü': 1 }");
    assertThat(realm.requests)
        .containsExactly(
            "{\"url\":\"https://peer.example/p\",\"method\":\"PUT\",\"headers\":[[\"x-a\",\"1\"],[\"content-type\","
                + "\"application/x-www-form-urlencoded;charset=UTF-8\"]],\"redirect\":\"follow\"}a=1");
  }

  @Test
  void failsToFetchAsNodeDoes() {
    realm.answering((head, body) -> new TestRealm.Answer(false, "{\"message\":\"refused\"}", ""));
    realm.exchange(
        "try { await fetch('https://peer.example/') } catch (e) { console.log(e.name, e.message,"
            + " e.cause.message) }");
    assertThat(realm.lines).containsExactly("log TypeError fetch failed refused");
  }

  @Test
  void abortsARequest() {
    realm.exchange(
        "try { await fetch('https://peer.example/', { signal: AbortSignal.timeout(50) }) } catch"
            + " (e) { console.log(e.name) }");
    assertThat(realm.lines).containsExactly("log TimeoutError");
    assertThat(realm.cancelled).hasSize(1);
  }

  @Test
  void requestsWithTheHttpModule() {
    realm.answering((head, body) -> TestRealm.Answer.of(200, "pong"));
    realm.exchange(
        """
        const body = await new Promise((resolve, reject) => {
          const request = require('https').request('https://peer.example/x', { method: 'POST' }, (response) => {
            let text = ''; response.on('data', (chunk) => (text += chunk)); response.on('end', () => resolve(response.statusCode + text))
          })
          request.on('error', reject); request.write('ping'); request.end()
        })
        console.log(body)
        """);
    assertThat(realm.lines).containsExactly("log 200pong");
    assertThat(realm.requests).singleElement().asString().endsWith("ping");
  }

  @Test
  void keepsPreludeFunctionsOutOfStacks() {
    realm.exchange(
        """
        Error.prepareStackTrace = (error, frames) => frames
        const hidden = []
        api.user.setAppMetadata('k', { toJSON() { for (const f of new Error().stack) hidden.push(typeof f.getFunction?.(), typeof f.getThis?.()) } })
        console.log(hidden.includes('function') || hidden.includes('object'))
        """);
    assertThat(realm.lines).doesNotContain("log true");
  }
}
