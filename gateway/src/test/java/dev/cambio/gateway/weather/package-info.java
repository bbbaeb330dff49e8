/**
 * The test bench of weather: an installation of real processes from the distribution, a load on it,
 * faults, and the reconciliation of every answer with the tenant log. {@code WeatherIT} is its
 * short form on each build; {@code WeatherScenarios} is the whole, in the Maven profile {@code
 * weather}.
 */
@NullMarked
package dev.cambio.gateway.weather;

import org.jspecify.annotations.NullMarked;
