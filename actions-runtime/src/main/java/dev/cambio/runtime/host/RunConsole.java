package dev.cambio.runtime.host;

import dev.cambio.model.action.ConsoleLine;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** The console of one run: lines masked first, then cut to what is kept. */
final class RunConsole {
  private static final int MAX_LINES = 1000;
  private static final int MAX_LENGTH = 64 * 1024;
  private static final Set<String> LEVELS =
      Set.of("log", "info", "warn", "error", "debug", "trace");

  private final ConsoleMask mask;
  private final List<ConsoleLine> lines = new ArrayList<>();
  private int length;

  RunConsole(ConsoleMask mask) {
    this.mask = mask;
  }

  void print(String level, String text, long at) {
    if (lines.size() >= MAX_LINES || length >= MAX_LENGTH) {
      return;
    }
    String masked = mask.mask(text);
    int room = MAX_LENGTH - length;
    String kept = masked.length() > room ? masked.substring(0, room) : masked;
    length += kept.length() + 1;
    lines.add(new ConsoleLine(LEVELS.contains(level) ? level : "log", kept, at));
  }

  List<ConsoleLine> lines() {
    return lines;
  }
}
