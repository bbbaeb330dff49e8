package dev.cambio.runtime.host;

import dev.cambio.model.action.ActionInvocation;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** Replaces the secrets of one run in text that leaves it (contract actions-runtime §4.1). */
final class ConsoleMask {
  private static final String REDACTED = "[redacted]";

  /** Shorter secrets would mask ordinary words. */
  private static final int MIN_SECRET = 8;

  private final List<String> values;

  private ConsoleMask(List<String> values) {
    this.values = values;
  }

  static ConsoleMask of(ActionInvocation invocation) {
    TreeSet<String> values = new TreeSet<>();
    for (String secret : invocation.secrets().values()) {
      if (secret.length() >= MIN_SECRET) {
        addForms(values, secret);
      }
    }
    for (String value : invocation.sensitive()) {
      if (!value.isEmpty()) {
        addForms(values, value);
      }
    }
    List<String> longestFirst = new ArrayList<>(values);
    // A value may be part of another one.
    longestFirst.sort(Comparator.comparingInt(String::length).reversed());
    return new ConsoleMask(longestFirst);
  }

  String mask(String text) {
    String masked = text;
    for (String value : values) {
      if (masked.contains(value)) {
        masked = masked.replace(value, REDACTED);
      }
    }
    return masked;
  }

  @Nullable String maskOptional(@Nullable String text) {
    return text == null ? null : mask(text);
  }

  // Printed inside an object, a value appears with its line ends and quotes escaped; in a URL,
  // in percent-encoding.
  private static void addForms(Set<String> values, String value) {
    values.add(value);
    String escaped = value.replace("\\", "\\\\").replace("\n", "\\n").replace("\r", "\\r");
    values.add(escaped);
    values.add(escaped.replace("'", "\\'"));
    values.add(escaped.replace("\"", "\\\""));
    String inUrl = URLEncoder.encode(value, StandardCharsets.UTF_8);
    values.add(inUrl);
    values.add(inUrl.replace("+", "%20"));
  }
}
