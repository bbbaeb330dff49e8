/**
 * Search queries and sort orders of the Management API (contract management-api §2.7, §2.11): a
 * subset of Lucene's syntax, read into a tree and written as a condition of an SQL statement. What
 * callers type reaches the database in parameters only; fields are looked up in a list.
 */
@NullMarked
package dev.cambio.gateway.search;

import org.jspecify.annotations.NullMarked;
