/** npm packages that Actions declare: which, at what version, and their way into one bundle. */
@NullMarked
package dev.cambio.gateway.packages;

import org.jspecify.annotations.NullMarked;
