/**
 * APIs (resource servers) and the scopes a token for them may carry (contract token-endpoint §7.2).
 */
@NullMarked
package dev.cambio.gateway.audience;

import org.jspecify.annotations.NullMarked;
