package dev.cambio.runtime.process;

import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * What the node does for a top level that is run ahead of any request: it hands out the source and
 * nothing else.
 *
 * @param sources finds the source of a version; may block, null when it cannot be had
 */
record WarmServices(GuestVersion version, Function<GuestVersion, @Nullable String> sources)
    implements GuestServices {

  @Override
  public @Nullable String source() {
    return sources.apply(version);
  }

  @Override
  public void restart() {}

  @Override
  public void print(String level, String text, long at) {}

  @Override
  public void command(String json) {}

  @Override
  public @Nullable String cache(
      String operation, String key, @Nullable String value, @Nullable String optionsJson) {
    return null;
  }

  // Never completed: a realm with a request under way is not kept.
  @Override
  public void fetch(int call, String headJson, byte @Nullable [] body, Completion completion) {}

  @Override
  public void fetched(int call) {}

  @Override
  public void cancel(int call) {}
}
