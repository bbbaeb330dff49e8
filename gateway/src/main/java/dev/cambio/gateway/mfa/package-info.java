/** Second factors: logins that wait for one, how users enrol and prove it (contract §8). */
@NullMarked
package dev.cambio.gateway.mfa;

import org.jspecify.annotations.NullMarked;
