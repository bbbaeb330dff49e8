package dev.cambio.gateway.disk;

import dev.cambio.gateway.disk.Refusal.Reason;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/**
 * A directory that nothing leaves which is read or written through it: not by a name, and not by a
 * link. Links within it are followed to read, and to find folders; nothing is written to a link.
 * Pipes, devices and other files that might never end, or never begin, are neither read nor
 * written. Who may change the directory while it is used is trusted.
 *
 * @param root the real path
 * @param access for what is made in it
 */
public record Folder(Path root, Access access) {
  /** More entries than any directory of a tenant has. */
  private static final int MAX_ENTRIES = 100_000;

  /** One that is there; it may be given by a link. */
  public static Folder of(Path directory) throws IOException {
    return new Folder(directory.toRealPath(), Access.OWNER);
  }

  /** One that is made, with those above it, unless it is there. */
  public static Folder make(Path directory, Access access) throws IOException {
    return new Folder(Files.createDirectories(directory, access.directory()).toRealPath(), access);
  }

  /**
   * The whole of a regular file.
   *
   * @param file anywhere; refused if it is not in the directory
   * @param maxBytes the longest that is read
   */
  public byte[] read(Path file, int maxBytes) throws IOException {
    Path real = inside(file);
    BasicFileAttributes attributes =
        Files.readAttributes(real, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
    if (!attributes.isRegularFile()) {
      throw new Refusal(file.toString(), Reason.NO_FILE);
    }
    try (InputStream in = Files.newInputStream(real, LinkOption.NOFOLLOW_LINKS)) {
      byte[] bytes = in.readNBytes(maxBytes + 1);
      if (bytes.length > maxBytes) {
        throw new Refusal(file.toString(), Reason.TOO_LARGE);
      }
      return bytes;
    }
  }

  /** What is in a folder, in order of name. */
  public List<Path> list(Path folder) throws IOException {
    inside(folder);
    try (Stream<Path> entries = Files.list(folder)) {
      List<Path> all = entries.limit(MAX_ENTRIES + 1L).sorted().toList();
      if (all.size() > MAX_ENTRIES) {
        throw new Refusal(folder.toString(), Reason.TOO_LARGE);
      }
      return all;
    }
  }

  /**
   * Writes a file anew, with the folders above it.
   *
   * @param path names separated by slashes, from the directory
   */
  public void write(String path, String text) throws IOException {
    Path file = place(path);
    Path fresh = Files.createTempFile(file.getParent(), ".cambio", ".new", access.file());
    try {
      Files.writeString(fresh, text);
      Files.move(fresh, file, StandardCopyOption.REPLACE_EXISTING);
    } finally {
      Files.deleteIfExists(fresh);
    }
  }

  /**
   * Adds to a file, and makes it with the folders above it if need be.
   *
   * @param path names separated by slashes, from the directory
   */
  public void append(String path, String text) throws IOException {
    try (FileChannel channel =
        FileChannel.open(
            place(path),
            Set.of(
                StandardOpenOption.CREATE,
                StandardOpenOption.WRITE,
                StandardOpenOption.APPEND,
                LinkOption.NOFOLLOW_LINKS),
            access.file())) {
      ByteBuffer bytes = ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8));
      while (bytes.hasRemaining()) {
        channel.write(bytes);
      }
      channel.force(false);
    }
  }

  /** Makes a folder, with those above it. */
  public void makeFolder(String path) throws IOException {
    Path at = root;
    for (Path name : names(path)) {
      at = step(at, name, path);
    }
  }

  private Path inside(Path path) throws IOException {
    Path real = path.toRealPath();
    if (!real.startsWith(root)) {
      throw new Refusal(path.toString(), Reason.OUTSIDE);
    }
    return real;
  }

  /** Where a file is written: below folders that are there, and to nothing but a regular file. */
  private Path place(String path) throws IOException {
    List<Path> names = names(path);
    Path at = root;
    for (Path name : names.subList(0, names.size() - 1)) {
      at = step(at, name, path);
    }
    Path file = at.resolve(names.getLast());
    if (Files.exists(file, LinkOption.NOFOLLOW_LINKS)
        && !Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)) {
      throw new Refusal(path, Reason.NO_FILE);
    }
    return file;
  }

  /** One folder further down, made if need be; step by step, since a link may lead out. */
  private Path step(Path at, Path name, String path) throws IOException {
    Path next = at.resolve(name);
    try {
      Files.createDirectory(next, access.directory());
    } catch (FileAlreadyExistsException e) {
      if (!Files.isDirectory(next)) {
        throw new Refusal(path, Reason.NO_FILE);
      }
    }
    Path real = next.toRealPath();
    if (!real.startsWith(root)) {
      throw new Refusal(path, Reason.OUTSIDE);
    }
    return real;
  }

  private static List<Path> names(String path) throws IOException {
    try {
      Path given = Path.of(path);
      List<Path> names =
          Stream.iterate(0, i -> i + 1)
              .limit(given.getNameCount())
              .map(given::getName)
              .filter(name -> !name.toString().equals("."))
              .toList();
      boolean plain =
          !given.isAbsolute()
              && !names.isEmpty()
              && names.stream().noneMatch(name -> Set.of("", "..").contains(name.toString()));
      if (plain) {
        return names;
      }
    } catch (InvalidPathException e) {
      // No file has such a name, inside or outside.
    }
    throw new Refusal(path, Reason.OUTSIDE);
  }
}
