package dev.cambio.runtime.guest;

import dev.cambio.runtime.frame.RunEnding;
import dev.cambio.runtime.frame.RunLimits;

/**
 * Why a run is cancelled.
 *
 * @param message names the limit and its setting
 */
record Verdict(RunEnding ending, String message) {

  static Verdict late(long budgetMs) {
    return new Verdict(
        RunEnding.TIMED_OUT,
        "The action took longer than the %d ms left to it (actions.timeout-ms)"
            .formatted(budgetMs));
  }

  static Verdict cpu(RunLimits limits) {
    return new Verdict(
        RunEnding.TIMED_OUT,
        "The action used more than %d ms of CPU time (actions.cpu-ms)".formatted(limits.cpuMs()));
  }

  static Verdict turn(RunLimits limits) {
    return new Verdict(
        RunEnding.TIMED_OUT,
        "The action used more than %d ms of CPU time in one turn (actions.turn-cpu-ms)"
            .formatted(limits.turnCpuMs()));
  }

  static Verdict allocation(RunLimits limits) {
    return new Verdict(
        RunEnding.OUT_OF_MEMORY,
        "The action allocated more than %d MiB (actions.allocation-mb)"
            .formatted(limits.allocationBytes() >> 20));
  }

  static Verdict retained(RunLimits limits) {
    return new Verdict(
        RunEnding.OUT_OF_MEMORY,
        "The action holds more than %d MiB (actions.retained-mb)"
            .formatted(limits.retainedBytes() >> 20));
  }

  static Verdict heap() {
    return new Verdict(
        RunEnding.OUT_OF_MEMORY,
        "The action allocated most when its process ran out of memory (actions.heap-mb)");
  }

  static Verdict hostCalls(RunLimits limits) {
    return new Verdict(
        RunEnding.LIMIT_EXCEEDED,
        "The action made more than %d host calls (actions.host-calls)"
            .formatted(limits.hostCalls()));
  }
}
