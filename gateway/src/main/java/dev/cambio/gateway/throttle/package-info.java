/** Suspicious-IP throttling (contract token-endpoint §9): buckets that the cluster shares. */
@NullMarked
package dev.cambio.gateway.throttle;

import org.jspecify.annotations.NullMarked;
