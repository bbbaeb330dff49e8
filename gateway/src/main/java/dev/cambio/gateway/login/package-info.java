/**
 * What happens once it is known who the user is: post-login Actions and their effect on the tokens
 * (contract token-endpoint §3.2, actions-runtime §7).
 */
@NullMarked
package dev.cambio.gateway.login;

import org.jspecify.annotations.NullMarked;
