package dev.cambio.gateway.login;

import dev.cambio.model.oauth.ScopeSet;
import java.util.List;

/** What post-login Actions did to the granted scopes, in call order (actions-runtime §7.2). */
public record ScopeChanges(List<Change> changes) {

  /**
   * One call.
   *
   * @param adds whether the scope is added or removed
   */
  record Change(String scope, boolean adds) {}

  public ScopeChanges {
    changes = List.copyOf(changes);
  }

  /** The scopes after the changes, which overrule what had granted them. */
  public ScopeSet appliedTo(ScopeSet granted) {
    ScopeSet result = granted;
    for (Change change : changes) {
      result = change.adds() ? result.with(change.scope()) : result.without(change.scope());
    }
    return result;
  }
}
