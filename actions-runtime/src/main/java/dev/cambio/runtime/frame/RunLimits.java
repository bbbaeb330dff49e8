package dev.cambio.runtime.frame;

/**
 * What one run of an Action may use. Wall-clock time comes with each run.
 *
 * @param cpuMs CPU time of its thread, in milliseconds; one that uses more has timed out
 * @param turnCpuMs CPU time of one turn: of code and the promise reactions that follow it, without
 *     a timer or an answer in between. Bounds loops and floods of promises
 * @param allocationBytes what it may allocate in all, garbage included
 * @param retainedBytes what it may hold at a time: how much the old generation may grow during a
 *     run that has allocated as much, and more than the others
 * @param sourceLength longest source, with the packages bundled into it, in UTF-16 units
 * @param consoleBytes console output that is kept, in UTF-8; more is dropped
 * @param commands {@code api} calls that ask for something, writes to {@code api.cache} included;
 *     one more throws, or is answered {@code MaxSideEffectsExceeded}
 * @param timers timers open at a time; one more throws
 * @param hostCalls calls of any kind that leave JavaScript: console lines, commands, timers,
 *     requests, cache and crypto operations, packages loaded
 */
public record RunLimits(
    long cpuMs,
    long turnCpuMs,
    long allocationBytes,
    long retainedBytes,
    int sourceLength,
    int consoleBytes,
    int commands,
    int timers,
    int hostCalls) {
  private static final int KIB = 1024;

  public static final RunLimits STANDARD =
      new RunLimits(
          10_000,
          5_000,
          320L * KIB * KIB,
          128L * KIB * KIB,
          5 * KIB * KIB,
          64 * KIB,
          1_000,
          1_000,
          50_000);

  void put(FrameWriter frame) {
    frame
        .bigNumber(cpuMs)
        .bigNumber(turnCpuMs)
        .bigNumber(allocationBytes)
        .bigNumber(retainedBytes)
        .number(sourceLength)
        .number(consoleBytes)
        .number(commands)
        .number(timers)
        .number(hostCalls);
  }

  static RunLimits of(Frame frame) throws FrameException {
    return new RunLimits(
        frame.bigNumber(),
        frame.bigNumber(),
        frame.bigNumber(),
        frame.bigNumber(),
        frame.number(),
        frame.number(),
        frame.number(),
        frame.number(),
        frame.number());
  }
}
