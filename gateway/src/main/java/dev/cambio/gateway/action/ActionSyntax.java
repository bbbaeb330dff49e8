package dev.cambio.gateway.action;

import java.util.Optional;

/** Says whether an Action's code can be parsed. */
@FunctionalInterface
public interface ActionSyntax {
  ActionSyntax UNCHECKED = (tenant, source) -> Optional.empty();

  /** What is wrong with the source, in one line; empty if nothing is. Takes the tenant's turn. */
  Optional<String> problem(String tenant, String source);
}
