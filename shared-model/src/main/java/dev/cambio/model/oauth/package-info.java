/**
 * The words of RFC 6749, RFC 8693 and Auth0's extensions that both modules use: grant and token
 * type identifiers, scope sets, actors. Only here are the URNs spelled out.
 */
@NullMarked
package dev.cambio.model.oauth;

import org.jspecify.annotations.NullMarked;
