/** The network as settings speak of it: ranges of addresses, and authorities to trust. */
@NullMarked
package dev.cambio.model.net;

import org.jspecify.annotations.NullMarked;
