/**
 * How a node gets its PostgreSQL: a server named by a URL, or in quickstart one of its own whose
 * data lasts. Brings the schema up to date and opens the pool; asks no questions of its own.
 */
@NullMarked
package dev.cambio.gateway.database;

import org.jspecify.annotations.NullMarked;
