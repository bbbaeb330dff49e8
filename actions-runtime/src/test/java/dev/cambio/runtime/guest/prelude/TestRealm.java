package dev.cambio.runtime.guest.prelude;

import dev.cambio.runtime.guest.crypto.CryptoBridge;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.graalvm.polyglot.Context;
import org.graalvm.polyglot.Engine;
import org.graalvm.polyglot.HostAccess;
import org.graalvm.polyglot.PolyglotAccess;
import org.graalvm.polyglot.Source;
import org.graalvm.polyglot.Value;
import org.graalvm.polyglot.proxy.ProxyExecutable;
import org.graalvm.polyglot.proxy.ProxyObject;

/**
 * A realm with the built prelude and a host made of lists: what an Action prints, records and asks
 * for is written down, timers follow a clock that only moves when nothing else is left to do.
 */
final class TestRealm implements AutoCloseable {
  private static final Engine ENGINE =
      Engine.newBuilder("js").option("engine.WarnInterpreterOnly", "false").build();
  private static final Source PRELUDE = source("prelude.js", resource("prelude.js"));
  private static final Map<String, Source> PACKAGES = new HashMap<>();

  /** What the host answers to a request. */
  record Answer(boolean ok, String headJson, String body) {
    static Answer of(int status, String body) {
      return new Answer(
          true,
          "{\"status\":%d,\"statusText\":\"\",\"url\":\"https://peer.example/\",\"headers\":[[\"content-type\",\"application/json\"]]}"
              .formatted(status),
          body);
    }
  }

  /** Answers requests at once; null leaves one without an answer. */
  interface Peer {
    Answer answer(String headJson, String body);
  }

  private final Context context;
  private final Value allocate;
  private final Value entry;
  private final CryptoBridge crypto = new CryptoBridge();
  private final TreeMap<Double, Integer> timers = new TreeMap<>();
  private final Map<Integer, Answer> answers = new TreeMap<>();
  private final Map<String, String> cache = new HashMap<>();
  private Peer peer = (head, body) -> null;
  private double clock;
  private int ids;
  private boolean ended;

  final List<String> lines = new ArrayList<>();
  final List<String> commands = new ArrayList<>();
  final List<String> unhandled = new ArrayList<>();
  final List<Integer> cancelled = new ArrayList<>();
  final List<String> requests = new ArrayList<>();
  int commandLimit = 1000;
  String settled = "";

  TestRealm() {
    context =
        Context.newBuilder("js")
            .engine(ENGINE)
            .allowHostAccess(HostAccess.NONE)
            .allowPolyglotAccess(PolyglotAccess.NONE)
            .allowExperimentalOptions(true)
            .option("js.ecmascript-version", "2024")
            .option("js.graal-builtin", "true")
            .option("js.async-context", "true")
            .option("js.unhandled-rejections", "handler")
            .build();
    allocate = context.eval("js", "length => new ArrayBuffer(length)");
    entry = context.eval(PRELUDE).execute(host());
  }

  private ProxyObject host() {
    Map<String, Object> host = new HashMap<>();
    host.put("print", function(a -> lines.add(a[0].asString() + " " + a[1].asString())));
    host.put(
        "command", function(a -> commands.size() < commandLimit && commands.add(a[0].asString())));
    host.put("cache", function(this::cache));
    host.put("fetch", function(this::fetch));
    host.put("cancel", function(a -> cancelled.add(a[0].asInt())));
    host.put("timer", function(this::timer));
    host.put("clearTimer", function(a -> timers.values().remove(a[0].asInt())));
    host.put("require", function(a -> packageNamed(a[0].asString())));
    host.put("random", function(a -> random(a[0])));
    host.put("crypto", function(this::crypto));
    host.put("now", function(a -> 1_700_000_000_000.0 + clock));
    host.put("monotonic", function(a -> clock));
    host.put("settled", function(a -> settled = a[0].asBoolean() ? "ok" : a[1].asString()));
    host.put("loading", function(a -> null));
    host.put("loaded", function(a -> null));
    host.put("unhandled", function(a -> unhandled.add(a[0].asString())));
    return ProxyObject.fromMap(host);
  }

  private interface Function {
    Object call(Value[] arguments);
  }

  private static ProxyExecutable function(Function function) {
    return function::call;
  }

  void answering(Peer with) {
    peer = with;
  }

  /** Runs the top level of an Action. */
  TestRealm define(String code) {
    entry.invokeMember(
        "define",
        context.eval(
            "js", "(function (exports, require, module, __filename, __dirname) {" + code + "\n})"));
    return this;
  }

  /** Runs a handler of the trigger until it has settled or nothing is left to do. */
  TestRealm invoke(String trigger, String eventJson, String secretsJson) {
    settled = "";
    ended = false;
    entry.invokeMember("invoke", trigger, eventJson, secretsJson);
    pump();
    return this;
  }

  /** An Action of custom-token-exchange whose handler has this body. */
  TestRealm exchange(String body) {
    return define("exports.onExecuteCustomTokenExchange = async (event, api) => {" + body + "\n}")
        .invoke("custom-token-exchange", "{\"transaction\":{\"metadata\":{}}}", "{}");
  }

  /** An Action of post-login whose handler has this body. */
  TestRealm postLogin(String body) {
    return define("exports.onExecutePostLogin = async (event, api) => {" + body + "\n}")
        .invoke(
            "post-login",
            "{\"transaction\":{\"protocol\":\"oauth2-token-exchange\"},\"user\":{\"user_id\":\"auth0|jane\"},"
                + "\"request\":{\"ip\":\"192.0.2.1\",\"hostname\":\"tenant.example\"},\"authorization\":{\"roles\":[\"support\"]}}",
            "{}");
  }

  /** The text that the expression prints, in the body of a handler. */
  String print(String code) {
    exchange("console.log(" + code + ")");
    if (!settled.equals("ok")) {
      throw new AssertionError(settled + unhandled);
    }
    return lines.getLast().substring("log ".length());
  }

  void end() {
    ended = true;
    entry.invokeMember("end");
  }

  int pending() {
    return entry.invokeMember("pending").asInt();
  }

  Value eval(String code) {
    return context.eval("js", code);
  }

  /** Lets due timers fire and answers arrive until there are no more. */
  void pump() {
    while (!ended && (!answers.isEmpty() || !timers.isEmpty()) && settled.isEmpty()) {
      if (!answers.isEmpty()) {
        int id = answers.keySet().iterator().next();
        Answer answer = answers.remove(id);
        byte[] body = answer.body().getBytes(StandardCharsets.UTF_8);
        entry.invokeMember("complete", id, answer.ok(), answer.headJson(), buffer(body));
      } else {
        Map.Entry<Double, Integer> due = timers.pollFirstEntry();
        clock = Math.max(clock, due.getKey());
        entry.invokeMember("fire", due.getValue());
      }
    }
  }

  private Object timer(Value[] a) {
    double at = clock + a[0].asDouble();
    while (timers.containsKey(at)) {
      at = Math.nextUp(at);
    }
    timers.put(at, ++ids);
    return ids;
  }

  private Object fetch(Value[] a) {
    String body = a[1].isNull() ? "" : new String(bytes(a[1]), StandardCharsets.UTF_8);
    requests.add(a[0].asString() + body);
    Answer answer = peer.answer(a[0].asString(), body);
    int id = ++ids;
    if (answer != null) {
      answers.put(id, answer);
    }
    return id;
  }

  private Object cache(Value[] a) {
    String key = a[1].asString();
    return switch (a[0].asString()) {
      case "get" ->
          cache.containsKey(key) ? "{\"value\":\"" + cache.get(key) + "\",\"expires_at\":1}" : null;
      case "set" -> {
        cache.put(key, a[2].asString());
        yield "{\"type\":\"success\",\"options\":" + a[3].asString() + "}";
      }
      default ->
          cache.remove(key) == null
              ? "{\"type\":\"error\",\"code\":\"CacheKeyDoesNotExist\"}"
              : "{\"type\":\"success\"}";
    };
  }

  private Object packageNamed(String name) {
    Source source =
        PACKAGES.computeIfAbsent(
            name,
            key -> {
              String text = resource("packages/" + key + ".js");
              return text == null
                  ? null
                  : source(
                      key + ".js",
                      "(function (exports, require, module, __filename, __dirname) {"
                          + text
                          + "\n})");
            });
    return source == null ? null : context.eval(source);
  }

  private static Object random(Value buffer) {
    for (int i = 0; i < buffer.getBufferSize(); i++) {
      buffer.writeBufferByte(i, (byte) (Math.random() * 256));
    }
    return null;
  }

  private Object crypto(Value[] a) {
    List<String> texts = new ArrayList<>();
    List<byte[]> buffers = new ArrayList<>();
    for (int i = 1; i < a.length; i++) {
      if (a[i].hasBufferElements()) {
        buffers.add(bytes(a[i]));
      } else {
        texts.add(a[i].asString());
      }
    }
    Object answer = crypto.call(a[0].asString(), texts, buffers);
    return answer instanceof byte[] bytes ? buffer(bytes) : answer;
  }

  private static byte[] bytes(Value buffer) {
    byte[] bytes = new byte[(int) buffer.getBufferSize()];
    buffer.readBuffer(0, bytes, 0, bytes.length);
    return bytes;
  }

  private Value buffer(byte[] bytes) {
    Value buffer = allocate.execute(bytes.length);
    var from = java.nio.ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    while (from.remaining() >= Long.BYTES) {
      buffer.writeBufferLong(ByteOrder.LITTLE_ENDIAN, from.position(), from.getLong());
    }
    while (from.hasRemaining()) {
      buffer.writeBufferByte(from.position(), from.get());
    }
    return buffer;
  }

  private static Source source(String name, String text) {
    return Source.newBuilder("js", text, name).buildLiteral();
  }

  private static String resource(String name) {
    try (InputStream in =
        TestRealm.class.getResourceAsStream("/dev/cambio/runtime/guest/js/" + name)) {
      return in == null ? null : new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public void close() {
    context.close(true);
  }
}
