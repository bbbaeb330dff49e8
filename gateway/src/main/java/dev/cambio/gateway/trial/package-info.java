/**
 * Trials of Actions: what is asked for is shown with the decision that would follow, and not done.
 */
@NullMarked
package dev.cambio.gateway.trial;

import org.jspecify.annotations.NullMarked;
