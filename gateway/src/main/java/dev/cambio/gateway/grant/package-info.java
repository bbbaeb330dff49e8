/** Grants beside token exchange: one class each, behind {@code token.GrantHandler}. */
@NullMarked
package dev.cambio.gateway.grant;

import org.jspecify.annotations.NullMarked;
