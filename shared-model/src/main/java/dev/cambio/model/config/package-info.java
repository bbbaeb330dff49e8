/**
 * Settings as read and checked values. Each value knows where it came from, so that a complaint can
 * name the key and the file.
 */
@NullMarked
package dev.cambio.model.config;

import org.jspecify.annotations.NullMarked;
