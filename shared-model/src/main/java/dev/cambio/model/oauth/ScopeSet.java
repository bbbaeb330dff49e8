package dev.cambio.model.oauth;

import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/**
 * Scopes in the order in which they were first named (RFC 6749 §3.3).
 *
 * @param values scope tokens, without duplicates
 */
public record ScopeSet(Set<String> values) {
  public static final ScopeSet EMPTY = new ScopeSet(Set.of());

  public ScopeSet {
    values = Collections.unmodifiableSet(new LinkedHashSet<>(values));
  }

  /**
   * Reads a space-delimited list.
   *
   * @throws IllegalArgumentException for a character that RFC 6749 §3.3 does not allow
   */
  public static ScopeSet parse(String text) {
    Set<String> values = new LinkedHashSet<>();
    for (String value : text.split(" ")) {
      if (!value.isEmpty()) {
        values.add(requireScopeToken(value));
      }
    }
    return new ScopeSet(values);
  }

  /** Returns the argument if it is one scope-token (RFC 6749 §3.3), else throws. */
  public static String requireScopeToken(String value) {
    boolean valid =
        !value.isEmpty()
            && value.chars().allMatch(c -> c > 0x20 && c < 0x7f && c != '"' && c != '\\');
    if (!valid) {
      throw new IllegalArgumentException("scope contains a character that is not allowed");
    }
    return value;
  }

  public boolean contains(String scope) {
    return values.contains(scope);
  }

  public boolean isEmpty() {
    return values.isEmpty();
  }

  /** The scopes that satisfy the condition, order kept. */
  public ScopeSet filter(Predicate<String> condition) {
    return new ScopeSet(
        values.stream().filter(condition).collect(Collectors.toCollection(LinkedHashSet::new)));
  }

  public ScopeSet with(String scope) {
    Set<String> more = new LinkedHashSet<>(values);
    more.add(scope);
    return new ScopeSet(more);
  }

  public ScopeSet without(String scope) {
    return filter(value -> !value.equals(scope));
  }

  /** The space-delimited form. */
  @Override
  public String toString() {
    return String.join(" ", values);
  }
}
