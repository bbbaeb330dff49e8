/** OAuth clients and how they prove who they are (contract token-endpoint §1.2). */
@NullMarked
package dev.cambio.gateway.client;

import org.jspecify.annotations.NullMarked;
