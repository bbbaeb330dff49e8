/**
 * The Actions part of a node: takes invocations from the bus, gives each to a free slot and always
 * answers. {@link dev.cambio.runtime.ActionsNode} is its entry.
 */
@NullMarked
package dev.cambio.runtime;

import org.jspecify.annotations.NullMarked;
