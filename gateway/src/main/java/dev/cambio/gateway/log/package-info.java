/** Tenant logs: what happened, committed before it is answered (contract token-endpoint §10). */
@NullMarked
package dev.cambio.gateway.log;

import org.jspecify.annotations.NullMarked;
