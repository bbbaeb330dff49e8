package dev.cambio.gateway.files;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** What an import did: entities written and left alone, by kind, and what it could not use. */
public final class ImportReport {
  private final Map<String, int[]> counts = new TreeMap<>();
  private final List<String> warnings = new ArrayList<>();

  void count(String kind, boolean written) {
    counts.computeIfAbsent(kind, name -> new int[2])[written ? 0 : 1]++;
  }

  void warn(String warning) {
    warnings.add(warning);
  }

  /** Entities that were created or changed. */
  public int written() {
    return counts.values().stream().mapToInt(count -> count[0]).sum();
  }

  /** What was ignored, and why; one line each. */
  public List<String> warnings() {
    return List.copyOf(warnings);
  }

  /** One line per kind, then the warnings. */
  @Override
  public String toString() {
    StringBuilder text = new StringBuilder();
    counts.forEach(
        (kind, count) ->
            text.append("%s: %d written, %d unchanged%n".formatted(kind, count[0], count[1])));
    warnings.forEach(warning -> text.append("ignored: ").append(warning).append('\n'));
    return text.toString();
  }
}
