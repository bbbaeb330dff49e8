package dev.cambio.runtime.process;

import dev.cambio.runtime.frame.Frame;
import dev.cambio.runtime.frame.FrameKind;
import dev.cambio.runtime.frame.FrameReader;
import dev.cambio.runtime.frame.FrameWriter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * A guest that is started for what its JVM writes down when it ends: which classes it has loaded.
 * It runs what every guest runs before it is ready, and never an Action.
 */
final class CacheTraining {
  private static final int MAX_FRAME = 1 << 20;
  private static final long MOST_MINUTES = 10;
  private static final List<String> BEHIND_OTHERS = List.of("/usr/bin/nice", "-n", "19");

  private CacheTraining() {}

  /**
   * Runs it to its end.
   *
   * @throws IOException if it does not become ready, or compiles no JavaScript
   */
  static void run(List<String> commandLine, GuestLaunch launch)
      throws IOException, InterruptedException {
    List<String> command = new ArrayList<>();
    if (Files.isExecutable(Path.of(BEHIND_OTHERS.getFirst()))) {
      command.addAll(BEHIND_OTHERS);
    }
    command.addAll(commandLine);
    ProcessBuilder builder = new ProcessBuilder(command).directory(launch.home().toFile());
    builder.environment().clear();
    Process process = builder.start();
    Thread.ofPlatform().daemon().name("guest-cache-err").start(new StderrDrain(process)::drain);
    try {
      train(process, launch);
    } finally {
      // The JVM has a child of its own write the file.
      process.descendants().forEach(ProcessHandle::destroyForcibly);
      process.destroyForcibly();
    }
  }

  private static void train(Process process, GuestLaunch launch)
      throws IOException, InterruptedException {
    new FrameWriter(process.getOutputStream()).send(FrameKind.CONFIGURE, 0, 0, launch::put);
    Frame ready = new FrameReader(process.getInputStream(), MAX_FRAME).next();
    if (ready == null || ready.kind() != FrameKind.READY) {
      throw new IOException("the guest for it does not start");
    }
    String javascript = ready.text();
    if (javascript.equals(GuestStarter.INTERPRETED)) {
      throw new IOException("the guest for it has no compiler");
    }
    process.getOutputStream().close();
    if (!process.waitFor(MOST_MINUTES, TimeUnit.MINUTES)) {
      throw new IOException("it is not written in %d minutes".formatted(MOST_MINUTES));
    }
  }
}
