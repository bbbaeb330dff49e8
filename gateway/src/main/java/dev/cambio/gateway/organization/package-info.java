/** Organizations as logins see them: which one, and who belongs (contract token-endpoint §6). */
@NullMarked
package dev.cambio.gateway.organization;

import org.jspecify.annotations.NullMarked;
