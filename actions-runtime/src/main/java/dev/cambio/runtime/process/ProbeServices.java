package dev.cambio.runtime.process;

import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/** What the self-test offers its runs: their source, and a console that only counts. */
final class ProbeServices implements GuestServices {
  private final String source;
  private long printed;

  ProbeServices(String source) {
    this.source = source;
  }

  /** Bytes printed, each line with its end. */
  long printed() {
    return printed;
  }

  @Override
  public void restart() {
    printed = 0;
  }

  @Override
  public String source() {
    return source;
  }

  @Override
  public void print(String level, String text, long at) {
    printed += text.getBytes(StandardCharsets.UTF_8).length + 1;
  }

  @Override
  public void command(String json) {}

  @Override
  public @Nullable String cache(
      String operation, String key, @Nullable String value, @Nullable String optionsJson) {
    return null;
  }

  @Override
  public void fetch(int call, String headJson, byte @Nullable [] body, Completion completion) {
    completion.complete(false, "{\"message\":\"not in a self-test\"}", null);
  }

  @Override
  public void fetched(int call) {}

  @Override
  public void cancel(int call) {}
}
