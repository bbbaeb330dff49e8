package dev.cambio.gateway.stream;

import dev.cambio.gateway.disk.Access;
import dev.cambio.gateway.disk.Folder;
import dev.cambio.gateway.disk.Refusal;
import java.io.IOException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystemException;
import java.nio.file.Path;
import java.util.Optional;
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
      Folder.make(directory.get().resolve(folder(tenantId)), Access.GROUP).append(path, lines);
    } catch (Refusal e) {
      throw SinkException.passing("the path leads out of the directory, or to no regular file");
    } catch (FileSystemException e) {
      throw SinkException.passing("cannot write the file: " + e.getClass().getSimpleName());
    } catch (IOException e) {
      throw SinkException.passing("cannot write the file");
    }
  }

  private static String folder(String tenantId) {
    return "tenant-" + URLEncoder.encode(tenantId, StandardCharsets.UTF_8);
  }
}
