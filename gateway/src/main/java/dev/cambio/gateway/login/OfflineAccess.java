package dev.cambio.gateway.login;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.cambio.gateway.audience.Audiences;
import dev.cambio.model.oauth.ScopeSet;
import java.util.Optional;

/**
 * What a login has to do with refresh tokens.
 *
 * @param allowed whether one may come of it, or go on by it
 * @param presented {@code event.refresh_token}, in the exchange of one
 */
public record OfflineAccess(boolean allowed, Optional<ObjectNode> presented) {
  /** No refresh token can come of it. */
  public static final OfflineAccess NONE = new OfflineAccess(false, Optional.empty());

  /** Of a login that is not the exchange of a refresh token. */
  public static OfflineAccess allowedIf(boolean allowed) {
    return new OfflineAccess(allowed, Optional.empty());
  }

  /** The scopes that are granted, {@code offline_access} among them if it is asked for. */
  public ScopeSet grant(ScopeSet requested, ScopeSet granted) {
    return allowed && requested.contains(Audiences.OFFLINE_ACCESS)
        ? requested.filter(
            scope -> scope.equals(Audiences.OFFLINE_ACCESS) || granted.contains(scope))
        : granted;
  }

  /** Of the exchange of a refresh token. */
  public static OfflineAccess exchanging(ObjectNode presented) {
    return new OfflineAccess(true, Optional.of(presented));
  }
}
