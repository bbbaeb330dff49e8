/**
 * Refresh tokens (RFC 6749 §6, contract token-endpoint §7.7): families, rotation, expiry and
 * revocation. What becomes of a token is decided by one conditional statement on its family.
 */
@NullMarked
package dev.cambio.gateway.refresh;

import org.jspecify.annotations.NullMarked;
