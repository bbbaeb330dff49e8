package dev.cambio.gateway.stream;

import java.io.IOException;
import java.net.URLEncoder;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * Appends to files of the node that delivers, JSON lines, each tenant in a directory of its own.
 * Paths are plain names separated by slashes; links are not followed out of the directory.
 */
public final class FileSink {
  private static final Pattern PATH =
      Pattern.compile("[A-Za-z0-9_][A-Za-z0-9._-]{0,99}(/[A-Za-z0-9_][A-Za-z0-9._-]{0,99}){0,9}");

  /** Writes nothing. */
  public static final FileSink CLOSED = new FileSink(Optional.empty());

  private final Optional<Path> directory;

  private FileSink(Optional<Path> directory) {
    this.directory = directory;
  }

  public static FileSink of(LogStreamSettings settings) {
    return new FileSink(settings.fileDirectory());
  }

  /** Whether streams may write files at all. */
  public boolean isOpen() {
    return directory.isPresent();
  }

  /** Whether a path may be written to: names without dots in front, at most ten deep. */
  public static boolean isPath(String path) {
    return PATH.matcher(path).matches();
  }

  void append(String tenantId, String path, String lines) throws SinkException {
    if (directory.isEmpty() || !isPath(path)) {
      throw SinkException.permanent("this node may not write the file");
    }
    try {
      Path root = Files.createDirectories(directory.get().resolve(folder(tenantId))).toRealPath();
      Path file = root.resolve(path);
      Path parent = Files.createDirectories(file.getParent()).toRealPath();
      if (!parent.startsWith(root) || isOther(file)) {
        throw SinkException.passing("the path leads out of the directory, or to no regular file");
      }
      write(parent.resolve(file.getFileName()), lines);
    } catch (FileSystemException e) {
      throw SinkException.passing("cannot write the file: " + e.getClass().getSimpleName());
    } catch (IOException e) {
      throw SinkException.passing("cannot write the file");
    }
  }

  private static String folder(String tenantId) {
    return "tenant-" + URLEncoder.encode(tenantId, StandardCharsets.UTF_8);
  }

  /** A pipe would block the writer, a link leads elsewhere. */
  private static boolean isOther(Path file) {
    return Files.exists(file, LinkOption.NOFOLLOW_LINKS)
        && !Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS);
  }

  private static void write(Path file, String lines) throws IOException {
    try (FileChannel channel =
        FileChannel.open(
            file,
            Set.of(
                StandardOpenOption.CREATE,
                StandardOpenOption.WRITE,
                StandardOpenOption.APPEND,
                LinkOption.NOFOLLOW_LINKS))) {
      ByteBuffer bytes = ByteBuffer.wrap(lines.getBytes(StandardCharsets.UTF_8));
      while (bytes.hasRemaining()) {
        channel.write(bytes);
      }
      channel.force(false);
    }
  }
}
