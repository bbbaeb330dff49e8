package dev.cambio.gateway.database;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** Finds and stops the server that an earlier process left running on a data directory. */
final class StalePostgres {
  private static final String PID_FILE = "postmaster.pid";

  private StalePostgres() {}

  /** The server that runs on the directory now. */
  static Optional<ProcessHandle> serverIn(Path cluster) throws IOException {
    Path pidFile = cluster.resolve(PID_FILE);
    if (!Files.exists(pidFile)) {
      return Optional.empty();
    }
    String pid = Files.readString(pidFile).lines().findFirst().orElse("").strip();
    return pid.matches("\\d{1,10}")
        ? ProcessHandle.of(Long.parseLong(pid)).filter(StalePostgres::isPostgres)
        : Optional.empty();
  }

  /** Stops a server left running, and removes the note of one that is gone; blocks. */
  static void stop(Path cluster) throws IOException {
    Optional<ProcessHandle> server = serverIn(cluster);
    if (server.isPresent()) {
      stop(server.get());
    }
    // The server refuses to start if another program has got the process id noted there.
    Files.deleteIfExists(cluster.resolve(PID_FILE));
  }

  private static void stop(ProcessHandle server) throws IOException {
    try {
      // SIGINT is PostgreSQL's fast shutdown; SIGTERM would wait for its clients.
      new ProcessBuilder("kill", "-INT", Long.toString(server.pid())).start().waitFor();
      server.onExit().get(10, TimeUnit.SECONDS);
    } catch (TimeoutException e) {
      server.destroyForcibly();
    } catch (ExecutionException e) {
      throw new IOException("cannot stop process " + server.pid(), e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted", e);
    }
  }

  /** A process id may have been given to another program since. */
  private static boolean isPostgres(ProcessHandle process) {
    return process.isAlive()
        && process.info().command().map(command -> command.endsWith("postgres")).orElse(false);
  }
}
