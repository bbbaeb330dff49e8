package dev.cambio.model.action;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/**
 * A deployed, immutable version of an Action.
 *
 * @param actionId id of the Action
 * @param actionName the Action's name, for logs
 * @param versionId id of the version; a new deploy is a new id
 * @param contentHash {@link #hashOf} the version's source; its address
 */
public record ActionVersion(
    String actionId, String actionName, String versionId, String contentHash) {

  /** Lower-case hexadecimal SHA-256 of a source in UTF-8. */
  public static String hashOf(String source) {
    try {
      byte[] hash =
          MessageDigest.getInstance("SHA-256").digest(source.getBytes(StandardCharsets.UTF_8));
      return HexFormat.of().formatHex(hash);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }
}
