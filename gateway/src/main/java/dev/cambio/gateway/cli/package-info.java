/**
 * The {@code cambio} command: reads the settings, starts what the subcommand needs, and turns every
 * failure into one line and an exit code.
 */
@NullMarked
package dev.cambio.gateway.cli;

import org.jspecify.annotations.NullMarked;
