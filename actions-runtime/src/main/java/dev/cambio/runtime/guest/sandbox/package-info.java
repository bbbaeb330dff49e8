/**
 * JavaScript realms without any reach beyond the host functions they are given. The only package
 * that knows Graal.
 */
@NullMarked
package dev.cambio.runtime.guest.sandbox;

import org.jspecify.annotations.NullMarked;
