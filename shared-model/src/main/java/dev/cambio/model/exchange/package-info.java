/**
 * Token exchange profiles and the rule of which {@code subject_token_type} values a tenant may
 * claim.
 */
@NullMarked
package dev.cambio.model.exchange;

import org.jspecify.annotations.NullMarked;
