/** Log streams of real nodes to real receivers. */
@NullMarked
package dev.cambio.stream;

import org.jspecify.annotations.NullMarked;
