package dev.cambio.runtime.process;

import dev.cambio.runtime.frame.FrameWriter;
import dev.cambio.runtime.frame.GuestLimits;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * How a guest process is started.
 *
 * @param java the {@code java} program
 * @param home directory with {@code lib} (class path) and {@code jvmci} (compiler modules)
 * @param heapMb largest heap, in MiB
 * @param limits what the process is told to keep to
 * @param behindOthers whether it leaves the processors to others until it is ready
 */
public record GuestLaunch(
    Path java, Path home, int heapMb, GuestLimits limits, boolean behindOthers) {
  private static final String MAIN = "dev.cambio.runtime.guest.GuestMain";

  public GuestLaunch(Path java, Path home, int heapMb, GuestLimits limits) {
    this(java, home, heapMb, limits, false);
  }

  GuestLaunch with(GuestLimits other) {
    return new GuestLaunch(java, home, heapMb, other, behindOthers);
  }

  GuestLaunch startedBehindOthers(boolean whether) {
    return new GuestLaunch(java, home, heapMb, limits, whether);
  }

  /** What the process is told first. */
  void put(FrameWriter frame) {
    limits.put(frame);
    frame.flag(behindOthers);
  }

  /** Starts the program; its stdin and stdout are pipes for frames, stderr is text. */
  Process start(Isolation isolation, boolean compiled) throws IOException {
    List<String> command = new ArrayList<>(isolation.prefix());
    command.addAll(commandLine(compiled));
    ProcessBuilder builder = new ProcessBuilder(command).directory(home.toFile());
    builder.environment().clear();
    return builder.start();
  }

  /** The program and its arguments; the name of the main class comes last. */
  List<String> commandLine(boolean compiled) {
    List<String> line = new ArrayList<>();
    line.add(java.toString());
    line.addAll(
        List.of(
            "-Xms32m",
            "-Xmx" + heapMb + "m",
            // The engine alone takes nearly that; until then every few megabytes cost a collection.
            "-XX:MetaspaceSize=96m",
            "-XX:MaxMetaspaceSize=256m",
            "-XX:MaxDirectMemorySize=16m",
            "-XX:ReservedCodeCacheSize=128m",
            "-XX:+UseSerialGC",
            // What lives on is soon known to, and the collections that find it are short.
            "-XX:MaxNewSize=" + heapMb / 8 + "m",
            "-XX:+ExitOnOutOfMemoryError",
            "-XX:+DisableAttachMechanism",
            "-XX:-UsePerfData",
            "-XX:+ErrorFileToStderr",
            // Its last words must not end up between frames.
            "-XX:+DisplayVMOutputToStderr",
            "-Xshare:auto",
            "--enable-native-access=ALL-UNNAMED",
            "--sun-misc-unsafe-memory-access=allow"));
    if (compiled) {
      line.addAll(
          List.of(
              "-XX:+UnlockExperimentalVMOptions",
              "-XX:+EnableJVMCI",
              // What guests run is short and new ones come often: compiling quickly beats compiling
              // well.
              "-XX:TieredStopAtLevel=1",
              "-Dpolyglot.engine.Mode=latency",
              // The top level of a large bundle is called often enough to be compiled, once per
              // realm, and its graph would fill the heap.
              "-Dpolyglot.engine.AllowExperimentalOptions=true",
              "-Dpolyglot.compiler.MaximumGraalGraphSize=15000",
              "--upgrade-module-path=" + home.resolve("jvmci")));
    }
    line.addAll(withoutHome());
    line.addAll(List.of("-cp", home.resolve("lib") + "/*", MAIN));
    return line;
  }

  /**
   * The engine needs a library of its own to compile. It would keep it in the home of its user, who
   * in a namespace is root by name only: it cannot be written there, or else guests would load what
   * others may have left.
   */
  private List<String> withoutHome() {
    String system = System.getProperty("os.name").startsWith("Mac") ? "darwin" : "linux";
    String library = system.equals("darwin") ? "libtruffleattach.dylib" : "libtruffleattach.so";
    Path attach = home.resolve("attach").resolve(system).resolve(System.getProperty("os.arch"));
    return List.of(
        "-Duser.home=/dev/null", "-Dtruffle.attach.library=" + attach.resolve(library));
  }
}
