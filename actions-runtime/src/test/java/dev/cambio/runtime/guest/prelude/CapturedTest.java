package dev.cambio.runtime.guest.prelude;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/**
 * The build fails where the core of the prelude would call what guest code may have replaced: here
 * is what it takes for that.
 */
class CapturedTest {
  private static final List<String> FOUND =
      List.of(
          "a.map((x) => x)",
          "a?.split(',')",
          "a['slice'](1)",
          "a[b]()",
          "Object.keys(a)",
          "JSON.stringify(a)",
          "return new Error(a)",
          "return typeof globalThis",
          "for (const x of a) put(x)",
          "for (const x in a) put(x)",
          "return [...a]",
          "put(...a)",
          "const [x] = a; return x",
          "return a instanceof b",
          "return a in b",
          "defineProperty(a, b, { value: 1 })",
          "defineProperty(a, b, put)",
          "a.b = 1",
          "a[b] ??= 1",
          "a.b++",
          "const t = {}; t[b] = 1",
          "return a.byteLength",
          "const x = new Uint8ArrayIntrinsic(a); return x.length",
          "return a.prototype",
          "return a.constructor",
          "a.then(b)",
          "return function* () { yield a }",
          "return () => a.call(b)");

  private static final List<String> FINE =
      List.of(
          "return a.length + a.of.another.name",
          "put(a, b, { ...a, [b]: 1 })",
          "const t = create(null); t[b] = 1; t.x ??= 2; delete t.x",
          "const t = { __proto__: null }; t[b]++",
          "const x = new Uint8ArrayIntrinsic(a); x[0] = 1",
          "defineProperty(a, b, { __proto__: null, value: 1 })",
          "const { x, ...rest } = a; return [x, rest]",
          "return ((...all) => all)(a)",
          "a.record(b); a?.takeCall(b)",
          "for (let i = 0; i < a.length; i++) put(a[i])",
          "return undefined");

  private static List<String> judge(List<String> lines) throws IOException, InterruptedException {
    Process node =
        new ProcessBuilder("node", Path.of("src", "main", "js", "captured.mjs").toString())
            .redirectErrorStream(true)
            .start();
    try (var in = node.getOutputStream()) {
      in.write(String.join("\n", lines).getBytes(UTF_8));
    }
    List<String> judged = new String(node.getInputStream().readAllBytes(), UTF_8).lines().toList();
    assertThat(node.waitFor(60, TimeUnit.SECONDS)).isTrue();
    assertThat(judged).hasSameSizeAs(lines);
    return judged;
  }

  @Test
  void findsWhatGuestCodeMayHaveReplaced() throws Exception {
    List<String> judged = judge(FOUND);

    for (int i = 0; i < FOUND.size(); i++) {
      assertThat(judged.get(i)).as(FOUND.get(i)).isNotEqualTo("fine");
    }
  }

  @Test
  void leavesTheRestAlone() throws Exception {
    assertThat(judge(FINE)).containsOnly("fine");
  }
}
