package dev.cambio.gateway.action;

import dev.cambio.model.action.ActionVersion;
import dev.cambio.model.action.Trigger;
import java.util.Map;
import java.util.Set;

/**
 * The live version of an Action.
 *
 * @param triggers the triggers it supports
 * @param secrets the version's secrets and those of its modules, for its own runs only
 */
public record DeployedAction(
    ActionVersion version, Set<Trigger> triggers, Map<String, String> secrets) {

  /** Names the version; secrets stay out. */
  @Override
  public String toString() {
    return "DeployedAction[" + version + "]";
  }
}
