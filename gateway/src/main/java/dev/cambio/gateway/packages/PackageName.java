package dev.cambio.gateway.packages;

import java.util.regex.Pattern;

/**
 * What may be declared: a name of the registry and one version of it. Ranges, tags, paths, URLs,
 * aliases and options are none of these, so whatever passes is safe in a {@code package.json} and
 * on a command line.
 */
public final class PackageName {
  /** Asks for whatever is newest when the draft is saved. */
  public static final String LATEST = "latest";

  private static final int MAX_LENGTH = 214;
  private static final int MAX_VERSION = 256;
  private static final int MAX_SUBPATH = 512;
  private static final String PART = "[A-Za-z0-9~][A-Za-z0-9._~-]*";
  private static final Pattern NAME = Pattern.compile("(@" + PART + "/)?" + PART);
  private static final String IDENTIFIERS = "[0-9A-Za-z-]+(\\.[0-9A-Za-z-]+)*";
  private static final Pattern VERSION =
      Pattern.compile(
          "\\d{1,16}\\.\\d{1,16}\\.\\d{1,16}(-%s)?(\\+%s)?".formatted(IDENTIFIERS, IDENTIFIERS));
  private static final Pattern SUBPATH = Pattern.compile("(/" + PART + ")+");

  private PackageName() {}

  public static boolean isName(String name) {
    return name.length() <= MAX_LENGTH
        && NAME.matcher(name).matches()
        && !name.contains("node_modules");
  }

  /** Whether it is one version, such as {@code 1.2.3} or {@code 2.0.0-rc.1}. */
  public static boolean isVersion(String version) {
    return version.length() <= MAX_VERSION && VERSION.matcher(version).matches();
  }

  /** Whether {@code required} is a file or export within the package. */
  static boolean isWithin(String name, String required) {
    return required.startsWith(name + "/")
        && required.length() - name.length() <= MAX_SUBPATH
        && SUBPATH.matcher(required.substring(name.length())).matches();
  }
}
