/**
 * Every way in which the token endpoint refuses, with code, status and members, on one page; what
 * is a fault of the platform; and how trouble that goes on is told without flooding the log.
 */
@NullMarked
package dev.cambio.gateway.error;

import org.jspecify.annotations.NullMarked;
