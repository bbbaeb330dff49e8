/**
 * Custom Token Exchange (RFC 8693, contract token-endpoint §1–§4): from the request to the decision
 * of the profile's Action.
 */
@NullMarked
package dev.cambio.gateway.exchange;

import org.jspecify.annotations.NullMarked;
