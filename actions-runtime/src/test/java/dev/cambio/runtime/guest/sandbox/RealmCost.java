package dev.cambio.runtime.guest.sandbox;

import com.sun.management.ThreadMXBean;
import dev.cambio.runtime.frame.GuestLimits;
import dev.cambio.runtime.frame.RunLimits;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Prints what realms cost within a guest process: CPU time of a run and of the check after it, and
 * heap. Started by {@code SandboxCost} with the flags of a guest.
 */
public final class RealmCost {
  private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();
  private static final GuestLimits LIMITS =
      new GuestLimits(1, 32, 10_000, 60_000, 70, 1_000, 8 << 20, 16 << 20, RunLimits.STANDARD);
  private static final int WARM_UP = 4_000;
  private static final int SAMPLES = 2_000;
  private static final int REALMS = 60;

  /** {@code {"sub":"jane"}}, signed with {@link #JOSE}'s key. */
  private static final String TOKEN =
      "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJqYW5lIn0.j4S-6GIop_nHq7J5MsOD2Cmr2r86SOCNcG19E5otn5Q";

  private static final String EVENT =
      "{\"request\":{\"ip\":\"192.0.2.1\"},\"transaction\":{\"subject_token\":\""
          + TOKEN
          + "\",\"metadata\":{}}}";

  private static final String TRIVIAL =
      "exports.onExecuteCustomTokenExchange = async (event, api) => {"
          + " api.authentication.setUserById('auth0|jane'); };";
  private static final String JOSE =
      """
      const { jwtVerify } = require('jose');
      const key = new TextEncoder().encode('a-key-of-thirty-two-characters-01');
      exports.onExecuteCustomTokenExchange = async (event, api) => {
        try {
          const { payload } = await jwtVerify(event.transaction.subject_token, key);
          api.authentication.setUserById('auth0|' + payload.sub);
        } catch (e) { api.access.rejectInvalidSubjectToken(e.message); }
      };
      """;
  private static final String EVERYTHING =
      """
      for (const name of ['assert', 'buffer', 'crypto', 'events', 'http', 'stream', 'stream/web', 'url', 'util',
        'zlib', 'auth0', 'axios', 'jose', 'jsonwebtoken', 'jwks-rsa', 'lodash', 'uuid']) require(name);
      exports.onExecuteCustomTokenExchange = async (event, api) => {
        fetch; URL; Response; structuredClone; api.authentication.setUserById('auth0|jane');
      };
      """;

  private RealmCost() {}

  public static void main(String[] arguments) throws Exception {
    Sandbox sandbox = new Sandbox(LIMITS);
    System.out.println("JavaScript by " + sandbox.mode());
    System.out.printf(
        "%-12s %9s %9s %9s %9s %9s %9s%n",
        "action", "run", "objects", "check", "realm", "first run", "heap KiB");
    for (var action :
        List.of(
            new String[] {"trivial", TRIVIAL},
            new String[] {"jose HS256", JOSE},
            new String[] {"everything", EVERYTHING})) {
      sandbox.scripts().keep(action[0], action[1]);
      measure(sandbox, action[0]);
    }
    System.out.println("CPU in microseconds, medians; heap per realm that has run once");
    System.out.printf("heap of the engine without realms: %d MiB%n", heap() >> 20);
  }

  private static void measure(Sandbox sandbox, String name) throws Exception {
    Realm warm = sandbox.open();
    for (int i = 0; i < WARM_UP; i++) {
      run(sandbox, warm, name);
      var _ = warm.isIntact();
    }
    long run = median(SAMPLES, () -> run(sandbox, warm, name));
    long check = median(SAMPLES, warm::isIntact);
    if (!warm.isIntact()) {
      throw new IllegalStateException(name + " changes its realm");
    }
    long before = heap();
    List<Realm> realms = new ArrayList<>();
    long open = median(REALMS, () -> realms.add(sandbox.open()));
    List<Realm> fresh = new ArrayList<>(realms);
    long first = median(REALMS, () -> run(sandbox, fresh.removeLast(), name));
    long each = (heap() - before) / REALMS / 1024;
    System.out.printf(
        "%-12s %9d %9d %9d %9d %9d %9d%n",
        name, run, warm.watchedObjects(), check, open, first, each);
    realms.forEach(Realm::cancel);
  }

  private static boolean run(Sandbox sandbox, Realm realm, String hash) throws GuestException {
    Commands commands = new Commands();
    realm.attach(commands);
    realm.define(sandbox.scripts(), hash, "{}");
    realm.invoke("custom-token-exchange", EVENT, "{}");
    realm.end();
    if (!commands.list.toString().contains("setUserById") || !commands.settled) {
      throw new IllegalStateException(commands.list.toString());
    }
    return true;
  }

  private interface Step {
    boolean take() throws GuestException;
  }

  private static long median(int times, Step step) throws GuestException {
    long[] nanos = new long[times];
    for (int i = 0; i < times; i++) {
      long from = THREADS.getCurrentThreadCpuTime();
      var _ = step.take();
      nanos[i] = THREADS.getCurrentThreadCpuTime() - from;
    }
    Arrays.sort(nanos);
    return nanos[times / 2] / 1000;
  }

  private static long heap() {
    for (int i = 0; i < 3; i++) {
      System.gc();
    }
    return ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
  }

  /** A host that keeps commands and knows nothing else. */
  private static final class Commands implements RealmHost {
    private final List<String> list = new ArrayList<>();
    private boolean settled;

    @Override
    public boolean admit() {
      return true;
    }

    @Override
    public void print(String level, String text) {}

    @Override
    public boolean command(String json) {
      return list.add(json);
    }

    @Override
    public @Nullable String cache(
        String operation, String key, @Nullable String value, @Nullable String optionsJson) {
      return null;
    }

    @Override
    public int fetch(String headJson, byte @Nullable [] body) {
      return 1;
    }

    @Override
    public void cancel(int call) {}

    @Override
    public int timer(double delayMs) {
      return 1;
    }

    @Override
    public void clearTimer(int id) {}

    @Override
    public void settled(boolean ok, @Nullable String errorJson) {
      settled = ok;
    }

    @Override
    public void unhandled(String errorJson) {}
  }
}
