/** The userinfo endpoint (OIDC Core §5.3, contract token-endpoint §11.3). */
@NullMarked
package dev.cambio.gateway.userinfo;

import org.jspecify.annotations.NullMarked;
