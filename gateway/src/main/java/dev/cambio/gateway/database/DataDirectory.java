package dev.cambio.gateway.database;

import static java.nio.file.attribute.PosixFilePermission.GROUP_WRITE;
import static java.nio.file.attribute.PosixFilePermission.OTHERS_WRITE;

import dev.cambio.gateway.config.Secret;
import dev.cambio.gateway.config.StartupException;
import dev.cambio.gateway.disk.Access;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.nio.file.attribute.UserPrincipal;
import java.util.Set;
import java.util.function.Supplier;
import java.util.stream.Stream;

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
   * @throws StartupException if another process holds it, it cannot be written, or others may have
   *     changed what is in it, from which programs are run
   */
  public static DataDirectory hold(Path directory) {
    try {
      Path path = directory.toAbsolutePath().normalize();
      Files.createDirectories(path, Access.OWNER.directory());
      requireOurs(path, directory);
      Files.setPosixFilePermissions(path, Access.OWNER.directory().value());
      return new DataDirectory(path, lock(path, directory));
    } catch (IOException e) {
      throw new StartupException(
          "data-dir: %s cannot be written (%s)".formatted(directory, e.getMessage()), e);
    }
  }

  /**
   * An empty directory can be made private; one with something in it must have been so. Those above
   * it do not matter: what somebody puts in its stead is theirs.
   */
  private static void requireOurs(Path path, Path asGiven) throws IOException {
    Path probe = Files.createTempFile(path, "owner", ".new", Access.OWNER.file());
    UserPrincipal us = Files.getOwner(probe);
    Files.delete(probe);
    UserPrincipal owner = Files.getOwner(path);
    if (!owner.equals(us)) {
      throw new StartupException(
          ("data-dir: %s belongs to %s, who could replace what is run from it, and not to %s who"
                  + " starts cambio; set another data-dir")
              .formatted(asGiven, owner.getName(), us.getName()));
    }
    Set<PosixFilePermission> mode = Files.getPosixFilePermissions(path);
    boolean open = mode.contains(GROUP_WRITE) || mode.contains(OTHERS_WRITE);
    if (open && !isEmpty(path)) {
      throw new StartupException(
          ("data-dir: others may write %s (%s) and could have replaced what is run from it;"
                  + " remove it, or look at what is in it and then run: chmod go-w %s")
              .formatted(asGiven, PosixFilePermissions.toString(mode), asGiven));
    }
  }

  private static boolean isEmpty(Path path) throws IOException {
    try (Stream<Path> entries = Files.list(path)) {
      return entries.findAny().isEmpty();
    }
  }

  private static FileChannel lock(Path path, Path asGiven) throws IOException {
    FileChannel channel =
        FileChannel.open(
            path.resolve("lock"),
            Set.of(StandardOpenOption.CREATE, StandardOpenOption.WRITE),
            Access.OWNER.file());
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
        Path fresh = Files.createTempFile(path, name, ".new", Access.OWNER.file());
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
