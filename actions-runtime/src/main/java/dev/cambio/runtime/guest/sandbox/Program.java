package dev.cambio.runtime.guest.sandbox;

import java.util.Map;
import org.graalvm.polyglot.Source;
import org.jspecify.annotations.Nullable;

/**
 * All code of an Action version, by label: its own, the packages it declares, and the modules of
 * Actions it uses with theirs.
 */
record Program(Map<String, Source> parts) {
  /** What the labels of modules begin with; {@code require} finds them by their labels. */
  static final String MODULE = "actions:";

  private static final String PACKAGES = "packages:";

  Program {
    parts = Map.copyOf(parts);
  }

  @Nullable Source action() {
    return part(ProgramText.ACTION);
  }

  @Nullable Source part(String label) {
    return parts.get(label);
  }

  /** What stacks call the part. */
  static String fileName(String label) {
    if (label.startsWith(PACKAGES)) {
      return "packages.js";
    }
    return label.startsWith(MODULE) ? label.substring(MODULE.length()) + ".js" : "action.js";
  }
}
