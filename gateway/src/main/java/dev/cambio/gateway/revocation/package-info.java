/** The revocation endpoint (RFC 7009, contract token-endpoint §11.4). */
@NullMarked
package dev.cambio.gateway.revocation;

import org.jspecify.annotations.NullMarked;
