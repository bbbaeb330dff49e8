/**
 * What the node's listeners take on before a request is known: connections, unfinished heads, bytes
 * of bodies, and none of them while the heap is short. All of it is bounded here, whoever asks.
 */
@NullMarked
package dev.cambio.gateway.load;

import org.jspecify.annotations.NullMarked;
