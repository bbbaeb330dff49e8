package dev.cambio.gateway.database;

import dev.cambio.gateway.config.Secret;
import dev.cambio.gateway.config.StartupException;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.function.Supplier;

/** The directory where quickstart keeps its data: ours alone while we hold it, private on disk. */
public final class DataDirectory implements AutoCloseable {
  private final Path path;
  private final FileChannel lock;

  private DataDirectory(Path path, FileChannel lock) {
    this.path = path;
    this.lock = lock;
  }

  /**
   * Creates the directory if need be, and locks it.
   *
   * @throws StartupException if another process holds it or it cannot be written
   */
  public static DataDirectory hold(Path directory) {
    try {
      Path path = directory.toAbsolutePath().normalize();
      Files.createDirectories(path);
      Files.setPosixFilePermissions(path, PosixFilePermissions.fromString("rwx------"));
      return new DataDirectory(path, lock(path, directory));
    } catch (IOException e) {
      throw new StartupException(
          "data-dir: %s cannot be written (%s)".formatted(directory, e.getMessage()), e);
    }
  }

  private static FileChannel lock(Path path, Path asGiven) throws IOException {
    FileChannel channel =
        FileChannel.open(path.resolve("lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
    try {
      FileLock lock = channel.tryLock();
      if (lock != null) {
        return channel;
      }
    } catch (OverlappingFileLockException e) {
      // Held within this process: the same answer.
    }
    channel.close();
    throw new StartupException(
        "data-dir: %s is in use by another running cambio".formatted(asGiven));
  }

  public Path path() {
    return path;
  }

  /** A secret that is made once and kept in a file that only its owner reads. */
  public Secret secret(String name, Supplier<Secret> maker) {
    Path file = file(name);
    try {
      if (!Files.exists(file)) {
        Path fresh =
            Files.createTempFile(
                path,
                name,
                ".new",
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        Files.write(fresh, maker.get().bytes());
        Files.move(fresh, file);
      }
      return Secret.of(Files.readAllBytes(file));
    } catch (IOException e) {
      throw new StartupException("data-dir: cannot keep %s".formatted(file), e);
    }
  }

  Path file(String name) {
    return path.resolve(name);
  }

  @Override
  public void close() {
    try {
      lock.close();
    } catch (IOException e) {
      // The lock ends with the process at the latest.
    }
  }
}
