package dev.cambio.gateway.disk;

import java.util.HashSet;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * File names for the entities of one folder, whatever these are called. What file systems may not
 * like becomes a hyphen, and no two names meet, not where case does not count either. Give names in
 * the same order to get the same again.
 */
public final class FileNames {
  private static final Pattern UNUSUAL = Pattern.compile("[^A-Za-z0-9._@ -]");
  private static final Pattern EDGES = Pattern.compile("^[. ]+|[. ]+$");

  /** Devices of Windows, also with an extension. */
  private static final Pattern RESERVED =
      Pattern.compile("(con|prn|aux|nul|com[0-9]|lpt[0-9])(\\..*)?", Pattern.CASE_INSENSITIVE);

  /** With an extension, and a number, well below what file systems take. */
  private static final int LONGEST = 150;

  private final String extension;
  private final Set<String> taken = new HashSet<>();

  /**
   * Names for a folder.
   *
   * @param extension of files beside which there may be a folder without it, e.g. {@code .json}
   */
  public FileNames(String extension) {
    this.extension = extension;
  }

  /** A name of its own, without the extension, for an entity of that name. */
  public String of(String name) {
    String plain = plain(name);
    String free = plain;
    for (int i = 2; !take(free); i++) {
      free = plain + "-" + i;
    }
    return free;
  }

  private boolean take(String candidate) {
    String folder = candidate.toLowerCase(Locale.ROOT);
    String file = folder + extension;
    if (taken.contains(folder) || taken.contains(file)) {
      return false;
    }
    taken.add(folder);
    taken.add(file);
    return true;
  }

  private static String plain(String name) {
    String usual = UNUSUAL.matcher(name).replaceAll("-");
    String cut = usual.substring(0, Math.min(LONGEST, usual.length()));
    String safe = EDGES.matcher(cut).replaceAll("-");
    return safe.isEmpty() ? "-" : RESERVED.matcher(safe).matches() ? "-" + safe : safe;
  }
}
