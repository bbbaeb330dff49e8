package dev.cambio.gateway.exchange;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonSetter;
import com.fasterxml.jackson.annotation.Nulls;
import org.jspecify.annotations.Nullable;

/**
 * What was found out about an ID token once. It says only what cannot change: that the user, the
 * client and the key are still there is asked anew at every use.
 *
 * @param invalid why the token can never be valid; absent for a valid one, as the rest is for an
 *     invalid one
 * @param exp seconds since the epoch
 * @param kid the tenant key that signed it; absent for HS256
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
record IdTokenVerdict(
    @JsonSetter(nulls = Nulls.SET) @Nullable String invalid,
    @JsonSetter(nulls = Nulls.SET) @Nullable String issuer,
    @JsonSetter(nulls = Nulls.SET) @Nullable String subject,
    @JsonSetter(nulls = Nulls.SET) @Nullable String clientId,
    @JsonSetter(nulls = Nulls.SET) @Nullable String kid,
    long exp,
    long checkedAt) {

  static IdTokenVerdict invalid(String reason, long checkedAt) {
    return new IdTokenVerdict(reason, null, null, null, null, 0, checkedAt);
  }
}
