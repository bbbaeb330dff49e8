/**
 * Delivers tenant logs to where administrators want them: webhooks and files (contract
 * management-api §2.12). At least once, in the order of the log, by one node at a time.
 */
@NullMarked
package dev.cambio.gateway.stream;

import org.jspecify.annotations.NullMarked;
