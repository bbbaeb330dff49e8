package dev.cambio.runtime.guest.sandbox;

import dev.cambio.runtime.guest.crypto.CryptoBridge;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.graalvm.polyglot.Context;
import org.graalvm.polyglot.Source;
import org.graalvm.polyglot.Value;
import org.graalvm.polyglot.proxy.ProxyExecutable;
import org.graalvm.polyglot.proxy.ProxyObject;
import org.jspecify.annotations.Nullable;

/**
 * The functions that the prelude gets as {@code host}. None ever throws into the guest, because an
 * exception would show it a Java class and message: a failed function returns null.
 */
final class HostFunctions {
  private static final Source ALLOCATE =
      Source.newBuilder(
              "js", "(ArrayBuffer => length => new ArrayBuffer(length))(ArrayBuffer)", "allocate")
          .buildLiteral();

  private final Context context;
  private final Scripts scripts;
  private final World world;
  private final CryptoBridge crypto = new CryptoBridge();
  private final Value allocate;
  private @Nullable RealmHost host;
  private @Nullable Program program;
  private @Nullable RealmImage image;

  HostFunctions(Context context, Scripts scripts, World world) {
    this.context = context;
    this.scripts = scripts;
    this.world = world;
    this.allocate = context.eval(ALLOCATE);
  }

  void attach(@Nullable RealmHost to) {
    host = to;
  }

  /** Has {@code require} find the parts of a program. */
  void program(@Nullable Program of) {
    program = of;
  }

  /** Objects that the prelude makes from now on, when they are first used, belong to it. */
  void addTo(RealmImage realm) {
    image = realm;
  }

  /** A new ArrayBuffer with these bytes. */
  Value buffer(byte[] bytes) {
    Value buffer = allocate.execute(bytes.length);
    ByteBuffer from = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    while (from.remaining() >= Long.BYTES) {
      buffer.writeBufferLong(ByteOrder.LITTLE_ENDIAN, from.position(), from.getLong());
    }
    while (from.hasRemaining()) {
      buffer.writeBufferByte(from.position(), from.get());
    }
    return buffer;
  }

  ProxyObject object() {
    Map<String, Object> members = new HashMap<>();
    members.put("print", attached((to, a) -> print(to, a)));
    members.put("command", attached((to, a) -> to.command(a[0].asString())));
    members.put(
        "cache",
        attached(
            (to, a) ->
                to.cache(
                    a[0].asString(), a[1].asString(), optionalText(a, 2), optionalText(a, 3))));
    members.put("fetch", attached((to, a) -> to.fetch(a[0].asString(), optionalBytes(a, 1))));
    members.put("cancel", attached((to, a) -> nothing(() -> to.cancel(a[0].asInt()))));
    members.put("timer", attached((to, a) -> to.timer(a[0].asDouble())));
    members.put("clearTimer", attached((to, a) -> nothing(() -> to.clearTimer(a[0].asInt()))));
    members.put(
        "settled",
        attached((to, a) -> nothing(() -> to.settled(a[0].asBoolean(), optionalText(a, 1)))));
    members.put("unhandled", attached((to, a) -> nothing(() -> to.unhandled(a[0].asString()))));
    members.put("require", counted(a -> require(a[0].asString())));
    members.put("random", counted(a -> nothing(() -> random(a[0]))));
    members.put("crypto", counted(this::crypto));
    members.put("loading", quiet(a -> loading()));
    members.put("loaded", quiet(a -> loaded(a[0], a[1].asBoolean())));
    members.put("now", quiet(_ -> world.now()));
    members.put("monotonic", quiet(_ -> world.monotonic()));
    return ProxyObject.fromMap(members);
  }

  private interface Call {
    @Nullable Object on(RealmHost host, Value[] arguments);
  }

  private interface Function {
    @Nullable Object call(Value[] arguments);
  }

  private ProxyExecutable attached(Call call) {
    return quiet(
        arguments -> {
          RealmHost to = host;
          return to == null || !to.admit() ? null : call.on(to, arguments);
        });
  }

  private ProxyExecutable counted(Function function) {
    return quiet(
        arguments -> {
          RealmHost to = host;
          return to == null || to.admit() ? function.call(arguments) : null;
        });
  }

  // Everything but the end of the process is swallowed; a cancelled realm stops at its next step.
  @SuppressWarnings({"PMD", "NullAway"}) // a polyglot function may return null
  private static ProxyExecutable quiet(Function function) {
    return arguments -> {
      try {
        return function.call(arguments);
      } catch (RuntimeException | StackOverflowError | LinkageError ignored) {
        return null;
      }
    };
  }

  private static @Nullable Object nothing(Runnable action) {
    action.run();
    return null;
  }

  private static @Nullable Object print(RealmHost to, Value[] a) {
    to.print(a[0].asString(), a[1].asString());
    return null;
  }

  private @Nullable Object loading() {
    if (image != null) {
      image.beginLoad();
    }
    return null;
  }

  private @Nullable Object loaded(Value made, boolean whole) {
    if (image != null) {
      image.endLoad(made, whole);
    }
    return null;
  }

  private @Nullable Object require(String name) {
    Source part = program == null ? null : program.part(name);
    Source source = part == null ? scripts.packageNamed(name) : part;
    return source == null ? null : context.eval(source);
  }

  private void random(Value buffer) {
    byte[] bytes = new byte[(int) buffer.getBufferSize()];
    world.fill(bytes);
    for (int i = 0; i < bytes.length; i++) {
      buffer.writeBufferByte(i, bytes[i]);
    }
  }

  private @Nullable Object crypto(Value[] arguments) {
    List<String> texts = new ArrayList<>();
    List<byte[]> buffers = new ArrayList<>();
    for (int i = 1; i < arguments.length; i++) {
      if (arguments[i].hasBufferElements()) {
        buffers.add(bytes(arguments[i]));
      } else {
        texts.add(arguments[i].isString() ? arguments[i].asString() : arguments[i].toString());
      }
    }
    Object answer = crypto.call(arguments[0].asString(), texts, buffers);
    return answer instanceof byte[] bytes ? buffer(bytes) : answer;
  }

  private static @Nullable String optionalText(Value[] arguments, int index) {
    return index < arguments.length && arguments[index].isString()
        ? arguments[index].asString()
        : null;
  }

  private static byte @Nullable [] optionalBytes(Value[] arguments, int index) {
    return index < arguments.length && arguments[index].hasBufferElements()
        ? bytes(arguments[index])
        : null;
  }

  private static byte[] bytes(Value buffer) {
    byte[] bytes = new byte[(int) buffer.getBufferSize()];
    buffer.readBuffer(0, bytes, 0, bytes.length);
    return bytes;
  }
}
