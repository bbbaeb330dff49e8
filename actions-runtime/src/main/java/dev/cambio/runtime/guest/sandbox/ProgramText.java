package dev.cambio.runtime.guest.sandbox;

import java.util.LinkedHashMap;
import java.util.Map;

/** Takes the text of a program apart, as the gateway put it together. */
final class ProgramText {
  /** Label of the Action's own code. */
  static final String ACTION = "";

  private static final String HEAD = "//cambio program\n";

  private ProgramText() {}

  /**
   * The parts by label. A text without the head is the code of an Action that needs nothing else.
   *
   * @throws IllegalArgumentException if the text is broken off
   */
  static Map<String, String> parts(String text) {
    if (!text.startsWith(HEAD)) {
      return Map.of(ACTION, text);
    }
    Map<String, String> parts = new LinkedHashMap<>();
    int at = HEAD.length();
    while (at < text.length()) {
      int end = text.indexOf('\n', at);
      int space = text.indexOf(' ', at);
      if (space < 0 || end < space) {
        throw new IllegalArgumentException("not a program");
      }
      int label = end + 1 + Integer.parseInt(text, at, space, 10);
      int part = label + Integer.parseInt(text, space + 1, end, 10);
      if (part >= text.length()) {
        throw new IllegalArgumentException("not a program");
      }
      parts.put(text.substring(end + 1, label), text.substring(label, part));
      at = part + 1;
    }
    return parts;
  }
}
