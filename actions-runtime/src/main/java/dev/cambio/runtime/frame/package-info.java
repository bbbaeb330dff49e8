/**
 * Length-prefixed binary frames between a node and its guest processes: their kinds, how they are
 * written and how they are read. Used on both sides, so it needs nothing but the JDK.
 */
@NullMarked
package dev.cambio.runtime.frame;

import org.jspecify.annotations.NullMarked;
