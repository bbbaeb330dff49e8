package dev.cambio.runtime.host;

import dev.cambio.model.action.ConsoleLine;
import dev.cambio.runtime.frame.Utf8;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** The console of one run: lines masked first, then cut to what is kept. */
final class RunConsole {
  private static final int MAX_LINES = 1000;
  private static final Set<String> LEVELS =
      Set.of("log", "info", "warn", "error", "debug", "trace");

  private final ConsoleMask mask;
  private final int maxBytes;
  private final List<ConsoleLine> lines = new ArrayList<>();
  private int kept;
  private long printed;

  /**
   * An empty console.
   *
   * @param maxBytes what is kept, in UTF-8, each line with its end
   */
  RunConsole(ConsoleMask mask, int maxBytes) {
    this.mask = mask;
    this.maxBytes = maxBytes;
  }

  void print(String level, String text, long at) {
    String masked = mask.mask(text);
    byte[] line = masked.getBytes(StandardCharsets.UTF_8);
    printed += line.length + 1;
    int room = maxBytes - kept;
    if (lines.size() >= MAX_LINES || room <= 0) {
      return;
    }
    byte[] cut = Utf8.cut(masked, room);
    kept += cut.length + 1;
    lines.add(
        new ConsoleLine(
            LEVELS.contains(level) ? level : "log", new String(cut, StandardCharsets.UTF_8), at));
  }

  List<ConsoleLine> lines() {
    return lines;
  }

  /** Bytes printed, dropped ones included. */
  long printed() {
    return printed;
  }
}
