package dev.cambio.gateway.packages;

/** What becomes of packages that need npm; see {@code actions.builds}. */
public enum BuildMode {
  /** None is built. */
  OFF,
  /** They are built where they could do no harm if they ran code, or not at all. */
  ISOLATED,
  /**
   * They are built with what the node's user may do: npm's options alone keep code from running.
   */
  TRUSTED
}
