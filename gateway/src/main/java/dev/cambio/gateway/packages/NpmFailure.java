package dev.cambio.gateway.packages;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What npm's errors mean for whoever saved a draft. */
final class NpmFailure {
  /** Of a package that is a repository, a file or a tarball of anywhere. */
  static final String FOREIGN = "foreign_package";

  /** Of a tarball that npm takes for one from elsewhere. */
  static final String REMOTE = "EALLOWREMOTE";

  private static final Pattern CODE = Pattern.compile("npm (?:error|ERR!) code (\\w+)");
  private static final Pattern NO_VERSION =
      Pattern.compile("No matching version found for (\\S+)@([^@\\s]+?)\\.?\\s");
  private static final Pattern NO_PACKAGE =
      Pattern.compile("'((?:@[^@'/]+/)?[^@']+)@[^@']*' (?:could|is) not");

  private NpmFailure() {}

  static BuildException of(String output) {
    Matcher found = CODE.matcher(output);
    String code = output.contains("ENOSPC") ? "ENOSPC" : found.find() ? found.group(1) : "unknown";
    return switch (code) {
      case "E404", "E403" -> missing(output);
      case "ETARGET", "ENOVERSIONS" -> noVersion(output);
      case "EINTEGRITY" ->
          new BuildException(
              "integrity", "The integrity of a package could not be verified (EINTEGRITY)");
      case REMOTE, "EALLOWGIT", "EALLOWFILE", "EALLOWDIRECTORY", "EUNSUPPORTEDPROTOCOL" ->
          new BuildException(
              FOREIGN, "The packages need one from elsewhere than the npm registry (" + code + ")");
      case "ENOSPC", "TAR_ABORT" ->
          new BuildException(
              "disk",
              "A package cannot be unpacked: it is damaged, or there is no room"
                  + " (actions.build-disk-mb)");
      case "ERESOLVE" ->
          new BuildException(
              "conflict", "The packages need versions of each other that conflict (ERESOLVE)");
      case "ENOTFOUND",
          "ECONNREFUSED",
          "ECONNRESET",
          "ETIMEDOUT",
          "EAI_AGAIN",
          "ERR_SOCKET_TIMEOUT" ->
          new BuildException(
              "registry_unreachable", "The npm registry could not be reached (" + code + ")");
      default -> new BuildException("npm", "npm failed (" + code + "); the log says more");
    };
  }

  static BuildException missing(BuildSettings settings) {
    return new BuildException(
        "npm_missing",
        "npm is not installed here ('%s' cannot be run), so no packages can be installed"
            .formatted(settings.npm()));
  }

  private static BuildException missing(String output) {
    Matcher found = NO_PACKAGE.matcher(output);
    String name = found.find() ? found.group(1) : "?";
    return new BuildException(
        "package_not_found",
        "Compilation failed: Cannot find module '%s': the npm registry does not have it"
            .formatted(name));
  }

  private static BuildException noVersion(String output) {
    Matcher found = NO_VERSION.matcher(output);
    String which =
        found.find() ? "version %s of '%s'".formatted(found.group(2), found.group(1)) : "a version";
    return new BuildException("version_not_found", "The npm registry does not have " + which);
  }
}
