/**
 * Files on this machine: names that may come from anybody become paths here, nothing leaves the
 * directory it belongs to, and what is made is for its owner.
 */
@NullMarked
package dev.cambio.gateway.disk;

import org.jspecify.annotations.NullMarked;
