/**
 * What the gateway asks of an Action and what it gets back: triggers, deployed versions,
 * invocations, commands and endings. Values only: nothing here runs an Action or decides what its
 * commands mean.
 */
@NullMarked
package dev.cambio.model.action;

import org.jspecify.annotations.NullMarked;
