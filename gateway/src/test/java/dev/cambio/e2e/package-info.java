/**
 * Exchanges over HTTP against a running node: real PostgreSQL, real Hazelcast, real JavaScript.
 * Display names carry the § of the contract that a case holds.
 */
@NullMarked
package dev.cambio.e2e;

import org.jspecify.annotations.NullMarked;
