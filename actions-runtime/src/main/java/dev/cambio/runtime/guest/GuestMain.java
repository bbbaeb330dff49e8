package dev.cambio.runtime.guest;

import dev.cambio.runtime.frame.Frame;
import dev.cambio.runtime.frame.FrameException;
import dev.cambio.runtime.frame.FrameKind;
import dev.cambio.runtime.frame.FrameReader;
import dev.cambio.runtime.frame.FrameWriter;
import dev.cambio.runtime.frame.GuestLimits;
import dev.cambio.runtime.guest.sandbox.CompilerAccess;
import dev.cambio.runtime.guest.sandbox.GuestException;
import dev.cambio.runtime.guest.sandbox.Sandbox;
import java.io.FileDescriptor;
import java.io.FileInputStream;
import java.io.FileOutputStream;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/**
 * The guest process. Its main thread only reads frames and hands them to lanes and runs, so it
 * notices the end of stdin, which means that the node has gone, whatever the lanes do.
 */
public final class GuestMain {
  private static final int MAX_FRAME = 64 * 1024 * 1024;

  private GuestMain() {}

  public static void main(String[] arguments) {
    FrameWriter out = new FrameWriter(new FileOutputStream(FileDescriptor.out));
    // A stray print must not end up between frames.
    System.setOut(System.err);
    FrameReader in = new FrameReader(new FileInputStream(FileDescriptor.in), MAX_FRAME);
    int exitCode = 0;
    try {
      serve(in, out);
    } catch (IOException | GuestException | RuntimeException e) {
      System.err.println("The guest process gives up: " + e);
      exitCode = 1;
    }
    // Not exit: lanes may hang in code that nothing stops.
    Runtime.getRuntime().halt(exitCode);
  }

  private static void serve(FrameReader in, FrameWriter out) throws IOException, GuestException {
    Frame first = in.next();
    if (first == null) {
      return;
    }
    if (first.kind() != FrameKind.CONFIGURE) {
      throw new FrameException("expected limits, got " + first.kind());
    }
    GuestLimits limits = GuestLimits.of(first);
    ProcessorShare share = ProcessorShare.take(first.flag());
    CompilerAccess.grant();
    Sandbox sandbox = new Sandbox(limits);
    // Once is enough: the lanes share the engine.
    WarmUp.run(sandbox);
    SpareRealms spares = new SpareRealms(sandbox, limits.lanes());
    OpenRuns runs = new OpenRuns();
    List<Lane> lanes = startLanes(sandbox, spares, limits, out, runs);
    spares.start();
    share.restore();
    List<String> packages = sandbox.scripts().packageNames();
    out.send(
        FrameKind.READY,
        0,
        0,
        frame -> {
          frame.text(sandbox.mode()).number(packages.size());
          packages.forEach(frame::text);
        });
    for (Frame frame = in.next(); frame != null; frame = in.next()) {
      switch (frame.kind()) {
        case RUN, RESUME -> lanes.get(frame.lane()).deliver(frame);
        case DROP -> runs.drop(frame.run());
        default -> runs.deliver(frame);
      }
    }
  }

  private static List<Lane> startLanes(
      Sandbox sandbox, SpareRealms spares, GuestLimits limits, FrameWriter out, OpenRuns runs) {
    Headroom headroom = new Headroom(limits.heapWatermark());
    Watchdog watchdog = Watchdog.start(out, headroom, limits.run(), limits.killGraceMs());
    List<Lane> lanes = new CopyOnWriteArrayList<>();
    Runnable afterRun =
        () ->
            headroom.relieve(
                () -> lanes.forEach(lane -> lane.realms().giveUpIdle()),
                watchdog::heldByRuns,
                () -> drain(out));
    for (int index = 0; index < limits.lanes(); index++) {
      lanes.add(Lane.start(index, sandbox, spares, limits, out, watchdog, runs, afterRun));
    }
    return lanes;
  }

  private static void drain(FrameWriter out) {
    try {
      out.send(FrameKind.DRAIN, 0, 0, frame -> {});
    } catch (IOException e) {
      // Nobody is left to replace this process.
      Runtime.getRuntime().halt(1);
    }
  }
}
