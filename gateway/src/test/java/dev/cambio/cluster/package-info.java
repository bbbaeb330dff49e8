/** Several nodes joined over loopback, in one JVM: what only a cluster can get wrong. */
@NullMarked
package dev.cambio.cluster;

import org.jspecify.annotations.NullMarked;
