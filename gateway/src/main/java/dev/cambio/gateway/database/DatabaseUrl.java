package dev.cambio.gateway.database;

import dev.cambio.gateway.config.Secret;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Optional;
import java.util.Set;

/**
 * Where a database is and who asks: {@code
 * postgresql://user:password@host:port/database?sslmode=...&sslrootcert=...}.
 *
 * @param sslMode one of {@link #SSL_MODES}, with libpq's meaning
 * @param sslRootCertificate PEM file with the authorities to trust; absent means the JDK's
 */
public record DatabaseUrl(
    String user,
    Secret password,
    String host,
    int port,
    String database,
    String sslMode,
    Optional<Path> sslRootCertificate) {
  static final Set<String> SSL_MODES =
      Set.of("disable", "prefer", "require", "verify-ca", "verify-full");

  /** The form, for messages; the text given may hold a password and is never shown. */
  static final String FORM =
      "of the form postgresql://user:password@host:5432/database, optionally with"
          + " ?sslmode=disable|prefer|require|verify-ca|verify-full and &sslrootcert=FILE";

  /**
   * Parses a URL.
   *
   * @return empty if it has another form
   */
  static Optional<DatabaseUrl> parse(String text) {
    try {
      URI uri = new URI(text);
      String path = uri.getPath();
      if (!Set.of("postgres", "postgresql").contains(String.valueOf(uri.getScheme()))
          || uri.getHost() == null
          || uri.getRawUserInfo() == null
          || path == null
          || path.length() < 2
          || uri.getFragment() != null) {
        return Optional.empty();
      }
      String[] userInfo = uri.getRawUserInfo().split(":", 2);
      String sslMode = "prefer";
      Optional<Path> rootCertificate = Optional.empty();
      for (String parameter : String.valueOf(uri.getRawQuery()).split("&")) {
        String[] pair = parameter.split("=", 2);
        switch (pair[0]) {
          case "null", "" -> {}
          case "sslmode" -> sslMode = pair[pair.length - 1];
          case "sslrootcert" -> rootCertificate = Optional.of(Path.of(decode(pair[1])));
          default -> {
            return Optional.empty();
          }
        }
      }
      if (!SSL_MODES.contains(sslMode)) {
        return Optional.empty();
      }
      return Optional.of(
          new DatabaseUrl(
              decode(userInfo[0]),
              Secret.of(userInfo.length == 2 ? decode(userInfo[1]) : ""),
              uri.getHost(),
              uri.getPort() < 0 ? 5432 : uri.getPort(),
              path.substring(1),
              sslMode,
              rootCertificate));
    } catch (URISyntaxException | IllegalArgumentException | IndexOutOfBoundsException e) {
      return Optional.empty();
    }
  }

  /** A database on this machine, reached without TLS. */
  static DatabaseUrl local(String user, Secret password, int port, String database) {
    return new DatabaseUrl(
        user, password, "127.0.0.1", port, database, "disable", Optional.empty());
  }

  /** Host and port, for messages. */
  String where() {
    return host + ":" + port;
  }

  private static String decode(String text) {
    // A plus sign stands for itself in a URL's user info.
    return URLDecoder.decode(text.replace("+", "%2B"), StandardCharsets.UTF_8);
  }
}
