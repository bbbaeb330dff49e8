package dev.cambio.runtime.guest.sandbox;

import java.util.Set;
import org.graalvm.polyglot.Context;
import org.graalvm.polyglot.PolyglotException;
import org.graalvm.polyglot.Source;
import org.graalvm.polyglot.Value;
import org.jspecify.annotations.Nullable;

/**
 * One JavaScript realm with the prelude booted: the home of one Action version of one tenant. For
 * use by one thread at a time; only {@link #cancel} may come from another.
 *
 * <p>Each call into it returns after its microtasks have run.
 */
public final class Realm {
  private final Context context;
  private final HostFunctions functions;
  private final Value define;
  private final Value invoke;
  private final Value complete;
  private final Value fire;
  private final Value end;
  private final Value pending;
  private final RealmImage image;
  private boolean defined;

  private Realm(Context context, HostFunctions functions, Value entry) {
    this.context = context;
    this.functions = functions;
    this.define = entry.getMember("define");
    this.invoke = entry.getMember("invoke");
    this.complete = entry.getMember("complete");
    this.fire = entry.getMember("fire");
    this.end = entry.getMember("end");
    this.pending = entry.getMember("pending");
    this.image = new RealmImage(entry.getMember("roots").execute());
    functions.addTo(image);
  }

  static Realm boot(Context context, Scripts scripts, World world) throws GuestException {
    try {
      HostFunctions functions = new HostFunctions(context, scripts, world);
      Value entry = context.eval(scripts.prelude()).execute(functions.object());
      if (world instanceof SimulatedWorld simulated) {
        entry.getMember("simulate").executeVoid(simulated.stands(), simulated.repeats());
      }
      return new Realm(context, functions, entry);
    } catch (PolyglotException e) {
      context.close(true);
      throw thrown(e);
    }
  }

  /** Names of the realm's globals, as JavaScript sees them. */
  public Set<String> globals() {
    return Set.copyOf(context.getBindings("js").getMemberKeys());
  }

  /** Whether globals and intrinsics are as they were before guest code ran (ADR 13). */
  public boolean isIntact() {
    context.enter();
    try {
      return image.matches();
    } finally {
      context.leave();
    }
  }

  /** What {@link #isIntact} looks at. */
  RealmImage image() {
    return image;
  }

  /** A global as guest code has left it. */
  Value global(String name) {
    return context.getBindings("js").getMember(name);
  }

  /** Number of objects that {@link #isIntact} looks at. */
  public int watchedObjects() {
    return image.size();
  }

  /** Directs host functions to a run; null leaves them without effect. */
  public void attach(@Nullable RealmHost host) {
    functions.attach(host);
  }

  /**
   * Runs the top level of the Action's source unless that has happened.
   *
   * @param secretsJson those of the modules it uses among them
   * @return false if the program is not known
   */
  public boolean define(Scripts scripts, String contentHash, String secretsJson)
      throws GuestException {
    if (defined) {
      return true;
    }
    Program program = scripts.program(contentHash);
    Source source = program == null ? null : program.action();
    if (source == null) {
      return false;
    }
    functions.program(program);
    try {
      define.executeVoid(context.eval(source), secretsJson);
      defined = true;
      return true;
    } catch (PolyglotException e) {
      throw thrown(e);
    }
  }

  /** Calls the handler; its outcome comes through {@link RealmHost#settled}. */
  public void invoke(String trigger, String eventJson, String secretsJson) throws GuestException {
    call(invoke, trigger, eventJson, secretsJson);
  }

  /** Completes a request that {@link RealmHost#fetch} started. */
  public void complete(int call, boolean ok, String headJson, byte @Nullable [] body)
      throws GuestException {
    try {
      complete.executeVoid(call, ok, headJson, body == null ? null : functions.buffer(body));
    } catch (PolyglotException e) {
      throw thrown(e);
    }
  }

  /** Fires a timer that {@link RealmHost#timer} started. */
  public void fire(int timer) throws GuestException {
    call(fire, timer);
  }

  /** Drops what the run has left open. */
  public void end() throws GuestException {
    call(end);
  }

  /** How many timers and requests of the run are open. */
  public int pending() throws GuestException {
    try {
      return pending.execute().asInt();
    } catch (PolyglotException e) {
      throw thrown(e);
    }
  }

  /**
   * Stops whatever runs and ends the realm. Blocks until it has stopped; may come from any thread.
   */
  public void cancel() {
    context.close(true);
  }

  private static void call(Value function, Object... arguments) throws GuestException {
    try {
      function.executeVoid(arguments);
    } catch (PolyglotException e) {
      throw thrown(e);
    }
  }

  private static GuestException thrown(PolyglotException e) {
    if (e.isCancelled() || e.isInterrupted()) {
      return new GuestException(
          GuestException.Reason.CANCELLED, "Error", "The action was cancelled", null);
    }
    if (e.isInternalError() || e.isHostException() || e.isResourceExhausted()) {
      return new GuestException(
          GuestException.Reason.BROKEN, "Error", "The JavaScript engine failed", null);
    }
    return ThrownValue.read(e);
  }
}
