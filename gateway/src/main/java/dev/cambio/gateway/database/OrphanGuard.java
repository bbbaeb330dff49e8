package dev.cambio.gateway.database;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * A small shell that stops a server when this process ends without doing so itself, even by
 * SIGKILL: it reads from us, and the end of that stream is its signal.
 */
final class OrphanGuard implements AutoCloseable {
  /** A line means all is well; the end of input without one means we are gone. */
  private static final String SCRIPT =
      "trap '' TERM INT HUP; if read -r line; then exit 0; fi; kill -INT \"$1\"";

  private static final Path SETSID = Path.of("/usr/bin/setsid");

  private final Process shell;

  private OrphanGuard(Process shell) {
    this.shell = shell;
  }

  static OrphanGuard watch(ProcessHandle server) throws IOException {
    List<String> command = new ArrayList<>();
    if (Files.isExecutable(SETSID)) {
      // Out of our process group, so that killing the group does not take the guard along.
      command.add(SETSID.toString());
    }
    command.addAll(List.of("sh", "-c", SCRIPT, "cambio-postgres-guard", "" + server.pid()));
    return new OrphanGuard(
        new ProcessBuilder(command)
            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
            .redirectError(ProcessBuilder.Redirect.DISCARD)
            .start());
  }

  /** Ends the guard and leaves the server alone. */
  @Override
  public void close() {
    try (var input = shell.getOutputStream()) {
      input.write('\n');
    } catch (IOException e) {
      // Already gone.
    }
  }

  /** Lets the guard believe that this process is gone. */
  void abandon() throws IOException {
    shell.getOutputStream().close();
  }

  boolean ended(long time, TimeUnit unit) throws InterruptedException {
    return shell.waitFor(time, unit);
  }
}
