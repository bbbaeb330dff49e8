package dev.cambio.gateway.disk;

import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;

/** Who may use the files and directories that we make; nobody but their owner ever writes them. */
public enum Access {
  /** Their owner alone. */
  OWNER("rwx------", "rw-------"),
  /** Their group may read them too, as those do who collect logs. */
  GROUP("rwxr-x---", "rw-r-----");

  private final String directory;
  private final String file;

  Access(String directory, String file) {
    this.directory = directory;
    this.file = file;
  }

  /** For directories that are made. */
  public FileAttribute<Set<PosixFilePermission>> directory() {
    return attribute(directory);
  }

  /** For files that are made. */
  public FileAttribute<Set<PosixFilePermission>> file() {
    return attribute(file);
  }

  private static FileAttribute<Set<PosixFilePermission>> attribute(String mode) {
    return PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString(mode));
  }
}
