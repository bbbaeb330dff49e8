package dev.cambio.model.action;

/**
 * One line an Action wrote to its console, secrets already masked.
 *
 * @param level {@code log}, {@code info}, {@code warn}, {@code error}, {@code debug} or {@code
 *     trace}
 * @param text the formatted line
 * @param at milliseconds since the epoch
 */
public record ConsoleLine(String level, String text, long at) {}
