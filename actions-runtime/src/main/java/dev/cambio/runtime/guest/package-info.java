/**
 * The guest process: takes runs from the node over stdin, executes them on its lanes and answers
 * over stdout. Its class path holds the JDK, frames and Graal, nothing of the node.
 */
@NullMarked
package dev.cambio.runtime.guest;

import org.jspecify.annotations.NullMarked;
