/**
 * Where settings come from and how they become one table: the configuration file, then {@code
 * CAMBIO_...} environment variables, then flags. Also the settings that concern a node as a whole.
 */
@NullMarked
package dev.cambio.gateway.config;

import org.jspecify.annotations.NullMarked;
