/** The Management API over HTTP against a real node. */
@NullMarked
package dev.cambio.management;

import org.jspecify.annotations.NullMarked;
