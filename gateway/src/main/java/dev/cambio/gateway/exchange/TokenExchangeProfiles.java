package dev.cambio.gateway.exchange;

import dev.cambio.gateway.store.ConfigurationCaches;
import dev.cambio.gateway.store.ConfigurationCaches.Cached;
import dev.cambio.gateway.store.Database;
import dev.cambio.model.exchange.TokenExchangeProfile;
import java.util.Optional;

/** The token exchange profiles of every tenant, cached. */
public final class TokenExchangeProfiles {
  /** Characters that a subject token type may have. */
  public static final int MAX_TYPE = 100;

  private final Cached<String, TokenExchangeProfile> byType;

  public TokenExchangeProfiles(Database database, ConfigurationCaches caches) {
    this.byType =
        caches.cache(
            MAX_TYPE,
            (tenantId, type) ->
                database.first(
                    tenantId,
                    "select id, name, subject_token_type, action_id, subject_token_is_ours"
                        + " from token_exchange_profile"
                        + " where tenant_id = $1 and subject_token_type = $2",
                    row ->
                        new TokenExchangeProfile(
                            row.getString("id"),
                            row.getString("name"),
                            row.getString("subject_token_type"),
                            row.getString("action_id"),
                            row.getBoolean("subject_token_is_ours")),
                    type));
  }

  Optional<TokenExchangeProfile> find(String tenantId, String subjectTokenType) {
    return byType.get(tenantId, subjectTokenType);
  }
}
