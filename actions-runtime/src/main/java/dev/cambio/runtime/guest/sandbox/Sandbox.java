package dev.cambio.runtime.guest.sandbox;

import dev.cambio.runtime.frame.GuestLimits;
import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.io.OutputStream;
import java.time.ZoneOffset;
import org.graalvm.polyglot.Context;
import org.graalvm.polyglot.Engine;
import org.graalvm.polyglot.EnvironmentAccess;
import org.graalvm.polyglot.HostAccess;
import org.graalvm.polyglot.PolyglotAccess;
import org.graalvm.polyglot.io.IOAccess;

/**
 * The one engine of this process. Its realms share compiled code and nothing else. Safe for use by
 * many threads.
 */
public final class Sandbox {
  private final Engine engine;
  private final Scripts scripts;
  private final GuestLimits limits;

  public Sandbox(GuestLimits limits) {
    this.limits = limits;
    this.scripts = new Scripts();
    this.engine =
        Engine.newBuilder("js")
            .option("engine.WarnInterpreterOnly", "false")
            .in(new ByteArrayInputStream(new byte[0]))
            .out(OutputStream.nullOutputStream())
            .err(OutputStream.nullOutputStream())
            .build();
  }

  /** How JavaScript is run: the name of the engine, {@code Interpreted} when it never compiles. */
  public String mode() {
    return engine.getImplementationName();
  }

  public Scripts scripts() {
    return scripts;
  }

  /** A new realm, with the prelude booted, for use by the calling thread. */
  public Realm open() throws GuestException {
    return open(World.REAL);
  }

  /** A new realm in a world of its own. */
  public Realm open(World world) throws GuestException {
    return Realm.boot(context(), scripts, world);
  }

  // Never allowHostClassLookup, not even to refuse: the call alone creates a global named Java.
  private Context context() {
    return Context.newBuilder("js")
        .engine(engine)
        .allowHostAccess(HostAccess.NONE)
        .allowPolyglotAccess(PolyglotAccess.NONE)
        .allowIO(IOAccess.NONE)
        .allowEnvironmentAccess(EnvironmentAccess.NONE)
        .allowCreateThread(false)
        .allowCreateProcess(false)
        .allowNativeAccess(false)
        .allowInnerContextOptions(false)
        .allowExperimentalOptions(true)
        .in(InputStream.nullInputStream())
        .out(OutputStream.nullOutputStream())
        .err(OutputStream.nullOutputStream())
        .timeZone(ZoneOffset.UTC)
        .option("js.java-package-globals", "false")
        .option("js.polyglot-builtin", "false")
        .option("js.polyglot-evalfile", "false")
        .option("js.load", "false")
        .option("js.load-from-url", "false")
        .option("js.print", "false")
        .option("js.console", "false")
        .option("js.performance", "false")
        .option("js.webassembly", "false")
        .option("js.shared-array-buffer", "false")
        .option("js.atomics", "false")
        .option("js.foreign-object-prototype", "false")
        .option("js.locale", "en-US")
        .option("js.ecmascript-version", "2025")
        // The prelude takes the rejection hook from the global Graal and deletes it.
        .option("js.graal-builtin", "true")
        .option("js.async-context", "true")
        .option("js.unhandled-rejections", "handler")
        .option("js.string-length-limit", Integer.toString(limits.stringLength()))
        .option("js.max-typed-array-length", Integer.toString(limits.arrayBytes()))
        .build();
  }
}
