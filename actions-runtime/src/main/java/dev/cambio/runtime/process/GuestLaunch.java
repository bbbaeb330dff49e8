package dev.cambio.runtime.process;

import dev.cambio.runtime.frame.FrameWriter;
import dev.cambio.runtime.frame.GuestLimits;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * How a guest process is started.
 *
 * @param java the {@code java} program
 * @param home directory with {@code lib} (class path) and {@code jvmci} (compiler modules)
 * @param heapMb largest heap, in MiB
 * @param limits what the process is told to keep to
 * @param cache what it may start from; null for none
 * @param behindOthers whether it leaves the processors to others until it is ready
 */
public record GuestLaunch(
    Path java,
    Path home,
    int heapMb,
    GuestLimits limits,
    @Nullable GuestCache cache,
    boolean behindOthers) {
  private static final String MAIN = "dev.cambio.runtime.guest.GuestMain";

  public GuestLaunch(
      Path java, Path home, int heapMb, GuestLimits limits, @Nullable GuestCache cache) {
    this(java, home, heapMb, limits, cache, false);
  }

  GuestLaunch with(GuestLimits other) {
    return new GuestLaunch(java, home, heapMb, other, cache, behindOthers);
  }

  GuestLaunch withoutCache() {
    return new GuestLaunch(java, home, heapMb, limits, null, behindOthers);
  }

  GuestLaunch startedBehindOthers(boolean whether) {
    return new GuestLaunch(java, home, heapMb, limits, cache, whether);
  }

  /** What the process is told first. */
  void put(FrameWriter frame) {
    limits.put(frame);
    frame.flag(behindOthers);
  }

  /**
   * A program that was started.
   *
   * @param cached whether from the cache
   */
  record Started(Process process, boolean cached) {}

  /** Starts the program; its stdin and stdout are pipes for frames, stderr is text. */
  Started start(Isolation isolation, boolean compiled) throws IOException {
    GuestCache.Start from = compiled && cache != null ? cache.find(this) : null;
    List<String> command = new ArrayList<>(isolation.prefix());
    command.addAll(commandLine(compiled, from));
    ProcessBuilder builder = new ProcessBuilder(command).directory(home.toFile());
    builder.environment().clear();
    return new Started(builder.start(), from != null);
  }

  /** The program and its arguments to have it write the cache when it ends. */
  List<String> commandLineToMake(GuestCache.Start wanted) {
    List<String> line = new ArrayList<>(commandLine(true, wanted));
    line.replaceAll(each -> each.replaceFirst("^-XX:AOTCache=", "-XX:AOTCacheOutput="));
    return line;
  }

  /** The program and its arguments; the name of the main class comes last. */
  List<String> commandLine(boolean compiled, GuestCache.@Nullable Start from) {
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
            // Neither its last words nor its warnings must end up between frames.
            "-XX:+DisplayVMOutputToStderr",
            "-Xlog:disable",
            "-Xlog:all=warning:stderr",
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
              "-Dpolyglot.compiler.MaximumGraalGraphSize=15000"));
      if (from == null) {
        line.add("--upgrade-module-path=" + home.resolve("jvmci"));
      } else {
        line.addAll(
            List.of(
                "-XX:AOTCache=" + from.classes(),
                "--module-path=" + from.modules(),
                "--add-modules=" + RenamedCompiler.NAME));
      }
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
    return List.of("-Duser.home=/dev/null", "-Dtruffle.attach.library=" + attach.resolve(library));
  }
}
