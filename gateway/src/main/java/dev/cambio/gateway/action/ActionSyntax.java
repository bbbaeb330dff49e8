package dev.cambio.gateway.action;

import java.util.Optional;

/** Says whether an Action's code can be parsed. */
@FunctionalInterface
public interface ActionSyntax {
  ActionSyntax UNCHECKED = source -> Optional.empty();

  /** What is wrong with the source, in one line; empty if nothing is. */
  Optional<String> problem(String source);
}
