/** What roles and permissions let a user do (contract token-endpoint §7.2). */
@NullMarked
package dev.cambio.gateway.access;

import org.jspecify.annotations.NullMarked;
