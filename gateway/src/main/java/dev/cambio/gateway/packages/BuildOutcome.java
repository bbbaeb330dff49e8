package dev.cambio.gateway.packages;

/** What a build came to, with what it printed. */
public sealed interface BuildOutcome {
  String log();

  /**
   * A bundle.
   *
   * @param source CommonJS that exports a function for each name that may be required
   * @param lockfile {@code package-lock.json}
   */
  record Built(String source, String lockfile, String log) implements BuildOutcome {}

  /**
   * No bundle.
   *
   * @param id kind of the failure
   * @param reason in one line
   */
  record Failed(String id, String reason, String log) implements BuildOutcome {}
}
