package dev.cambio.runtime.guest.sandbox;

import dev.cambio.model.action.ActionProgram;
import dev.cambio.runtime.frame.GuestLimits;
import dev.cambio.runtime.frame.RunLimits;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** One real realm in this process, with a host that writes down what runs ask for. */
final class WarmRealm implements AutoCloseable {
  private static final Sandbox SANDBOX =
      new Sandbox(
          new GuestLimits(1, 32, 10_000, 60_000, 70, 1_000, 8 << 20, 16 << 20, RunLimits.STANDARD));

  private final Realm realm;
  private final String hash;

  private WarmRealm(Realm realm, String hash) {
    this.realm = realm;
    this.hash = hash;
  }

  /** What one run did. */
  static final class Run implements RealmHost {
    final List<String> lines = new ArrayList<>();
    final List<String> commands = new ArrayList<>();
    final List<String> unhandled = new ArrayList<>();
    @Nullable String failure = "it never settled";
    private int timers;

    @Override
    public boolean admit() {
      return true;
    }

    @Override
    public void print(String level, String text) {
      lines.add(text);
    }

    @Override
    public boolean command(String json) {
      return commands.add(json);
    }

    @Override
    public @Nullable String cache(
        String operation, String key, @Nullable String value, @Nullable String optionsJson) {
      commands.add("cache " + operation + " " + key + " " + value + " " + optionsJson);
      return operation.equals("get") ? null : "{\"type\":\"success\"}";
    }

    @Override
    public int fetch(String headJson, byte @Nullable [] body) {
      return ++timers;
    }

    @Override
    public void cancel(int call) {}

    @Override
    public int timer(double delayMs) {
      return ++timers;
    }

    @Override
    public void clearTimer(int id) {}

    @Override
    public void settled(boolean ok, @Nullable String errorJson) {
      failure = errorJson;
    }

    @Override
    public void unhandled(String errorJson) {
      unhandled.add(errorJson);
    }
  }

  static WarmRealm of(String code, ActionProgram.Module... modules) throws GuestException {
    String text = new ActionProgram(code, Optional.empty(), List.of(modules)).text();
    String hash = Integer.toHexString(text.hashCode());
    SANDBOX.scripts().keep(hash, text);
    return new WarmRealm(SANDBOX.open(), hash);
  }

  Run run(String trigger, String eventJson, String secretsJson) throws GuestException {
    Run run = new Run();
    realm.attach(run);
    realm.define(SANDBOX.scripts(), hash, secretsJson);
    realm.invoke(trigger, eventJson, secretsJson);
    realm.end();
    realm.attach(null);
    return run;
  }

  Realm realm() {
    return realm;
  }

  boolean isIntact() {
    return realm.isIntact();
  }

  @Override
  public void close() {
    realm.cancel();
  }
}
