package dev.cambio.model.config;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The settings as given: dotted key to text and origin. Each component reads its own keys once,
 * with its defaults; a key that nobody has read is unknown, and {@link #rejectUnknown} says so.
 *
 * <p>Not safe for use by several threads: it is read while starting.
 */
public final class Settings {
  private final Map<String, Value> values;
  private final Set<String> read = new TreeSet<>();

  /**
   * A value as given.
   *
   * @param text never null; empty counts as not set
   * @param origin a file name or an environment variable, for messages
   */
  public record Value(String text, String origin) {}

  public Settings(Map<String, Value> values) {
    this.values = Map.copyOf(values);
  }

  public String text(String key, String defaultText) {
    return optional(key).orElse(defaultText);
  }

  public Optional<String> optional(String key) {
    return value(key).map(Value::text);
  }

  public int integer(String key, int defaultNumber, int min, int max) {
    return (int) number(key, defaultNumber, min, max);
  }

  /** A TCP port; 0 lets the system choose. */
  public int port(String key, int defaultPort) {
    return integer(key, defaultPort, 0, 65535);
  }

  /** A duration given as a whole number of milliseconds; such keys end in {@code -ms}. */
  public Duration millis(String key, Duration defaultDuration, Duration min, Duration max) {
    return Duration.ofMillis(
        number(key, defaultDuration.toMillis(), min.toMillis(), max.toMillis()));
  }

  public boolean flag(String key, boolean defaultFlag) {
    return parsed(
        key,
        defaultFlag,
        "true or false",
        text ->
            switch (text) {
              case "true" -> true;
              case "false" -> false;
              default -> null;
            });
  }

  public <E extends Enum<E>> E choice(String key, E defaultChoice) {
    E[] all = defaultChoice.getDeclaringClass().getEnumConstants();
    List<String> names = Arrays.stream(all).map(Settings::spelled).toList();
    return parsed(
        key,
        defaultChoice,
        "one of " + String.join(", ", names),
        text -> names.contains(text) ? all[names.indexOf(text)] : null);
  }

  /** A comma-separated list; blanks around an item do not count. */
  public List<String> list(String key, List<String> defaultList) {
    return optional(key)
        .map(text -> Arrays.stream(text.split(",")).map(String::strip).toList())
        .map(items -> items.stream().filter(item -> !item.isEmpty()).toList())
        .orElse(defaultList);
  }

  public Path path(String key, Path defaultPath) {
    return optional(key).map(Path::of).orElse(defaultPath);
  }

  /** A complaint about a key's value, naming where it was set. The value itself is shown. */
  public SettingsException bad(String key, String expected) {
    Value value = values.get(key);
    return value == null
        ? new SettingsException("%s is required: %s".formatted(key, expected))
        : new SettingsException(
            "%s: %s is '%s', but must be %s"
                .formatted(value.origin(), key, value.text(), expected));
  }

  /** Where a key was set, for messages; empty if it was not. */
  public Optional<String> origin(String key) {
    return value(key).map(Value::origin);
  }

  /** Like {@link #bad}, for a key whose value must not be shown. */
  public SettingsException badSecret(String key, String expected) {
    Value value = values.get(key);
    return value == null
        ? bad(key, expected)
        : new SettingsException("%s: %s must be %s".formatted(value.origin(), key, expected));
  }

  /**
   * Throws for the first key that is set but was read by nobody.
   *
   * @throws SettingsException naming key and origin
   */
  public void rejectUnknown() {
    values.entrySet().stream()
        .filter(entry -> !read.contains(entry.getKey()))
        .min(Map.Entry.comparingByKey())
        .ifPresent(
            entry -> {
              throw new SettingsException(
                  "%s: %s is not a known setting"
                      .formatted(entry.getValue().origin(), entry.getKey()));
            });
  }

  /** Every key that some component has asked for, sorted. */
  public Set<String> known() {
    return Set.copyOf(read);
  }

  private Optional<Value> value(String key) {
    read.add(key);
    return Optional.ofNullable(values.get(key)).filter(value -> !value.text().isEmpty());
  }

  private long number(String key, long defaultNumber, long min, long max) {
    return parsed(
        key,
        defaultNumber,
        "a whole number from %d to %d".formatted(min, max),
        text -> {
          try {
            long number = Long.parseLong(text);
            return number >= min && number <= max ? number : null;
          } catch (NumberFormatException e) {
            return null;
          }
        });
  }

  private <T> T parsed(
      String key, T defaultValue, String expected, Function<String, @Nullable T> parse) {
    Optional<Value> value = value(key);
    if (value.isEmpty()) {
      return defaultValue;
    }
    T result = parse.apply(value.get().text());
    if (result == null) {
      throw bad(key, expected);
    }
    return result;
  }

  private static String spelled(Enum<?> choice) {
    return choice.name().toLowerCase(Locale.ROOT).replace('_', '-');
  }
}
