package dev.cambio.gateway.weather;

import java.nio.file.Path;

/**
 * What an installation consists of.
 *
 * @param directory gets the data and the logs
 * @param actions 0: the gateways run Actions themselves, and there is no cluster
 * @param wired each node in a network namespace of its own, if this machine allows that
 * @param selfTest whether nodes fire each limit when they start, as they do by default
 */
record Plan(Path directory, int gateways, int actions, boolean wired, boolean selfTest) {

  int nodes() {
    return gateways + actions;
  }
}
