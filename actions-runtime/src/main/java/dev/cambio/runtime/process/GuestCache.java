package dev.cambio.runtime.process;

import static java.nio.file.StandardCopyOption.ATOMIC_MOVE;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Classes of guests as the JVM has read, checked and linked them once, in files that later guests
 * start from (ADR 28). It only ever makes a start cheaper: where it cannot be made, is not ours or
 * does not fit, guests start without. Safe for use by many threads.
 */
public final class GuestCache {
  private static final Logger log = LoggerFactory.getLogger(GuestCache.class);
  private static final String CLASSES = "guest.aot";
  private static final String MODULES = "jvmci";

  /** Caches of other builds that are left, for nodes of theirs that may run still. */
  private static final int OTHERS = 1;

  /** What may differ between guests that start from the same. */
  private static final List<String> OF_THE_HEAP = List.of("-Xmx", "-XX:MaxNewSize=");

  private static final FileAttribute<Set<PosixFilePermission>> PRIVATE =
      PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------"));
  private static final FileAttribute<Set<PosixFilePermission>> PRIVATE_FILE =
      PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"));

  private final Path directory;
  private final AtomicInteger refusals = new AtomicInteger();
  private volatile boolean distrusted;

  /**
   * The cache.
   *
   * @param directory made when it is needed; nobody else may write it
   */
  public GuestCache(Path directory) {
    this.directory = directory.toAbsolutePath().normalize();
  }

  /**
   * What guests start from.
   *
   * @param classes the archive
   * @param modules directory with the compiler's modules
   */
  record Start(Path classes, Path modules) {}

  /** What guests that are started so can start from; null if there is nothing. */
  @Nullable Start find(GuestLaunch launch) {
    if (distrusted) {
      return null;
    }
    try {
      Path place = place(launch);
      Start found = files(place);
      return Files.exists(found.classes)
              && isOurs(directory)
              && isOurs(place)
              && isOurs(found.classes)
          ? found
          : null;
    } catch (IOException e) {
      return null;
    }
  }

  /** A guest that was started from it ended before it was ready: this node uses it no more. */
  void distrust(GuestLaunch launch) {
    distrusted = true;
    remove(launch, "a guest ended while it started from it");
  }

  /** The JVM of a guest, which started all the same, would not have it: it is to be made again. */
  void refused(GuestLaunch launch) {
    if (refusals.incrementAndGet() > 1) {
      distrusted = true;
    }
    remove(launch, "it is broken, or does not fit this JVM");
  }

  private void remove(GuestLaunch launch, String why) {
    try {
      Path classes = files(place(launch)).classes;
      log.warn("guests start without their cache {}, which is removed: {}", classes, why);
      Files.deleteIfExists(classes);
    } catch (IOException e) {
      log.warn("guests start without their cache: {}, and {}", why, e.getMessage());
    }
  }

  /**
   * Makes it unless it is there, or being made, or cannot be. Blocks for half a minute of processor
   * time, most of which it leaves to others if they want it.
   */
  void make(GuestLaunch launch) {
    if (distrusted || find(launch) != null || !Files.isRegularFile(compiler(launch))) {
      return;
    }
    try {
      Path place = place(launch);
      Files.createDirectories(directory, PRIVATE);
      Files.createDirectories(place, PRIVATE);
      if (!isOurs(directory) || !isOurs(place)) {
        log.warn(
            "guests start without a cache: others may write {} (actions.guest-cache)", directory);
        return;
      }
      makeAlone(launch, place);
    } catch (IOException | UnsupportedOperationException e) {
      log.warn(
          "guests start without a cache: {} cannot be made (actions.guest-cache): {}",
          directory,
          e.toString());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void makeAlone(GuestLaunch launch, Path place) throws IOException, InterruptedException {
    try (FileChannel channel =
            FileChannel.open(
                place.resolve("lock"),
                Set.of(StandardOpenOption.CREATE, StandardOpenOption.WRITE),
                PRIVATE_FILE);
        FileLock lock = channel.tryLock()) {
      if (lock == null || find(launch) != null) {
        return;
      }
      long startedAt = System.nanoTime();
      Start wanted = files(place);
      copyModules(launch, wanted.modules);
      Path fresh = place.resolve(CLASSES + ".new");
      Files.deleteIfExists(fresh);
      try {
        CacheTraining.run(launch.commandLineToMake(new Start(fresh, wanted.modules)), launch);
        Files.setPosixFilePermissions(fresh, PRIVATE_FILE.value());
        Files.move(fresh, wanted.classes, ATOMIC_MOVE);
      } finally {
        Files.deleteIfExists(fresh);
      }
      log.info(
          "guests start from {}, made in {} s",
          wanted.classes,
          (System.nanoTime() - startedAt) / 1_000_000_000);
      removeOthers(place);
    } catch (OverlappingFileLockException e) {
      log.debug("another node in this process makes {}", place);
    }
  }

  static void copyModules(GuestLaunch launch, Path to) throws IOException {
    Files.createDirectories(to, PRIVATE);
    for (Path jar : jars(launch.home().resolve(MODULES))) {
      Path copy = to.resolve(jar.getFileName());
      if (jar.equals(compiler(launch))) {
        RenamedCompiler.copy(jar, copy);
      } else {
        Files.write(copy, Files.readAllBytes(jar));
      }
    }
  }

  private void removeOthers(Path ours) throws IOException {
    List<Path> others;
    try (Stream<Path> all = Files.list(directory)) {
      others =
          all.filter(Files::isDirectory)
              .filter(path -> !path.equals(ours))
              .sorted(
                  Comparator.comparingLong((Path path) -> path.toFile().lastModified()).reversed())
              .skip(OTHERS)
              .toList();
    }
    for (Path other : others) {
      try (Stream<Path> files = Files.walk(other)) {
        for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
          Files.delete(file);
        }
      }
    }
  }

  private static Start files(Path place) {
    return new Start(place.resolve(CLASSES), place.resolve(MODULES));
  }

  private static Path compiler(GuestLaunch launch) {
    try {
      return jars(launch.home().resolve(MODULES)).stream()
          .filter(jar -> jar.getFileName().toString().startsWith("compiler-"))
          .findFirst()
          .orElse(launch.home().resolve("no-compiler"));
    } catch (IOException e) {
      return launch.home().resolve("no-compiler");
    }
  }

  /** One place for each JDK, set of JARs and command line, for the JVM takes nothing else. */
  Path place(GuestLaunch launch) throws IOException {
    StringBuilder all = new StringBuilder();
    Path java = launch.java().toRealPath();
    describe(all, java);
    Path library = java.resolveSibling("../lib/server/libjvm.so").normalize();
    if (Files.exists(library)) {
      describe(all, library);
    }
    for (String folder : List.of("lib", MODULES)) {
      for (Path jar : jars(launch.home().resolve(folder))) {
        describe(all, jar);
      }
    }
    launch.commandLine(true, null).stream()
        .filter(argument -> OF_THE_HEAP.stream().noneMatch(argument::startsWith))
        .forEach(argument -> all.append(argument).append('\n'));
    try {
      byte[] digest =
          MessageDigest.getInstance("SHA-256")
              .digest(all.toString().getBytes(StandardCharsets.UTF_8));
      return directory.resolve(HexFormat.of().formatHex(digest, 0, 16));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }

  private static void describe(StringBuilder all, Path file) throws IOException {
    all.append(file)
        .append(' ')
        .append(Files.size(file))
        .append(' ')
        .append(Files.getLastModifiedTime(file).toMillis())
        .append('\n');
  }

  private static List<Path> jars(Path folder) throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files.filter(file -> file.toString().endsWith(".jar")).sorted().toList();
    }
  }

  // The JVM believes what it reads there.
  private static boolean isOurs(Path path) throws IOException {
    Set<PosixFilePermission> mode = Files.getPosixFilePermissions(path, LinkOption.NOFOLLOW_LINKS);
    return !Files.isSymbolicLink(path)
        && Files.getOwner(path, LinkOption.NOFOLLOW_LINKS)
            .equals(Files.getOwner(Path.of("/proc/self")))
        && !mode.contains(PosixFilePermission.GROUP_WRITE)
        && !mode.contains(PosixFilePermission.OTHERS_WRITE);
  }
}
