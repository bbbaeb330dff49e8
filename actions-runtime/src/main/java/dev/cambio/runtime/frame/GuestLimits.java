package dev.cambio.runtime.frame;

/**
 * What a guest process is told to keep to. It keeps these for good order; what must hold against
 * hostile code is held by the node as well.
 *
 * @param lanes number of runs at a time
 * @param contextsPerLane contexts kept warm per lane
 * @param runsPerContext runs after which a context is retired
 * @param contextAgeMs age after which a context is retired
 * @param allocationBytes what one run may allocate in all, garbage included
 * @param stringLength longest JavaScript string, in UTF-16 units
 * @param arrayBytes longest typed array
 */
public record GuestLimits(
    int lanes,
    int contextsPerLane,
    int runsPerContext,
    long contextAgeMs,
    long allocationBytes,
    int stringLength,
    int arrayBytes) {

  /** Puts the fields of a {@link FrameKind#CONFIGURE} frame. */
  public void put(FrameWriter frame) {
    frame
        .number(lanes)
        .number(contextsPerLane)
        .number(runsPerContext)
        .bigNumber(contextAgeMs)
        .bigNumber(allocationBytes)
        .number(stringLength)
        .number(arrayBytes);
  }

  /** Takes the fields of a {@link FrameKind#CONFIGURE} frame. */
  public static GuestLimits of(Frame frame) throws FrameException {
    return new GuestLimits(
        frame.number(),
        frame.number(),
        frame.number(),
        frame.bigNumber(),
        frame.bigNumber(),
        frame.number(),
        frame.number());
  }
}
