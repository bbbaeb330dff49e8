/**
 * How a node gets its PostgreSQL: a server named by a URL, or in quickstart one of its own whose
 * data lasts. Judges the master key, brings the schema up to date and opens the pool.
 */
@NullMarked
package dev.cambio.gateway.database;

import org.jspecify.annotations.NullMarked;
