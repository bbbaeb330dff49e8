package dev.cambio.runtime.frame;

/**
 * What a guest process is told to keep to. It keeps these for good order; what must hold against
 * hostile code is held by the node as well.
 *
 * @param lanes number of runs at a time
 * @param contextsPerLane contexts kept warm per lane
 * @param runsPerContext runs after which a context is retired
 * @param contextAgeMs age after which a context is retired
 * @param heapWatermark percentage of the old generation in use after a collection, from which on
 *     idle contexts are given up and then the process asks to be replaced
 * @param killGraceMs time in which a cancelled run has to stop before the process is given up
 * @param stringLength longest JavaScript string, in UTF-16 units
 * @param arrayBytes longest typed array
 * @param run what one run may use
 */
public record GuestLimits(
    int lanes,
    int contextsPerLane,
    int runsPerContext,
    long contextAgeMs,
    int heapWatermark,
    long killGraceMs,
    int stringLength,
    int arrayBytes,
    RunLimits run) {

  /** Puts the fields of a {@link FrameKind#CONFIGURE} frame. */
  public void put(FrameWriter frame) {
    frame
        .number(lanes)
        .number(contextsPerLane)
        .number(runsPerContext)
        .bigNumber(contextAgeMs)
        .number(heapWatermark)
        .bigNumber(killGraceMs)
        .number(stringLength)
        .number(arrayBytes);
    run.put(frame);
  }

  /** Takes the fields of a {@link FrameKind#CONFIGURE} frame. */
  public static GuestLimits of(Frame frame) throws FrameException {
    return new GuestLimits(
        frame.number(),
        frame.number(),
        frame.number(),
        frame.bigNumber(),
        frame.number(),
        frame.bigNumber(),
        frame.number(),
        frame.number(),
        RunLimits.of(frame));
  }
}
