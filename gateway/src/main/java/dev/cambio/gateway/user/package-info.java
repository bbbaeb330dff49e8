/** Users, their identities and the connections they come from (contract token-endpoint §5). */
@NullMarked
package dev.cambio.gateway.user;

import org.jspecify.annotations.NullMarked;
