package dev.cambio.gateway.action;

import org.jspecify.annotations.Nullable;

/**
 * Where the Actions of one request run: all at the same node while that is well, so that a node
 * that is not does not stall every request. Used by one thread.
 */
final class ActionHome {
  private @Nullable ActionNode node;

  @Nullable ActionNode node() {
    return node;
  }

  void moveTo(ActionNode other) {
    node = other;
  }
}
