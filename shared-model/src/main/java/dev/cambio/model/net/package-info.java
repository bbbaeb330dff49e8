/** Addresses and ranges of them. */
@NullMarked
package dev.cambio.model.net;

import org.jspecify.annotations.NullMarked;
