package dev.cambio.model.exchange;

import java.net.URI;
import java.net.URISyntaxException;
import java.util.List;
import java.util.Locale;

/**
 * A {@code subject_token_type} that a profile may claim: an absolute {@code https}, {@code http} or
 * {@code urn} URI of 8 to 100 characters outside the reserved namespaces (contract token-endpoint
 * §2.1, §2.2).
 *
 * @param value compared case-sensitively, as a whole
 */
public record SubjectTokenType(String value) {
  private static final int MIN_LENGTH = 8;
  private static final int MAX_LENGTH = 100;
  private static final List<String> RESERVED_HOSTS = List.of("auth0.com", "okta.com");
  private static final List<String> RESERVED_URN_NIDS = List.of("ietf", "auth0", "okta");

  public SubjectTokenType {
    if (value.length() < MIN_LENGTH || value.length() > MAX_LENGTH) {
      throw new IllegalArgumentException("subject_token_type must have 8 to 100 characters");
    }
    if (!isAbsoluteUri(value)) {
      throw new IllegalArgumentException(
          "subject_token_type must be an absolute https, http or urn URI");
    }
    if (isReserved(value)) {
      throw new IllegalArgumentException("subject_token_type uses a reserved namespace");
    }
  }

  private static boolean isAbsoluteUri(String value) {
    try {
      URI uri = new URI(value);
      String scheme = uri.getScheme();
      if (scheme == null) {
        return false;
      }
      return switch (scheme.toLowerCase(Locale.ROOT)) {
        case "http", "https" -> uri.getHost() != null;
        case "urn" -> uri.getSchemeSpecificPart().indexOf(':') > 0;
        default -> false;
      };
    } catch (URISyntaxException e) {
      return false;
    }
  }

  /**
   * Whether the value lies in a namespace that no profile and no actor token may use. Hosts match
   * exactly or as a parent domain, URN namespaces as a whole; both without regard to case.
   */
  public static boolean isReserved(String value) {
    String lower = value.toLowerCase(Locale.ROOT);
    if (lower.startsWith("urn:")) {
      String rest = lower.substring("urn:".length());
      return RESERVED_URN_NIDS.stream()
          .anyMatch(nid -> rest.equals(nid) || rest.startsWith(nid + ":"));
    }
    if (lower.startsWith("http://") || lower.startsWith("https://")) {
      String host = hostOf(lower);
      return RESERVED_HOSTS.stream()
          .anyMatch(reserved -> host.equals(reserved) || host.endsWith("." + reserved));
    }
    return false;
  }

  /** The host even of a URL that {@link URI} refuses, so that no malformed value slips past. */
  private static String hostOf(String lowerUrl) {
    String rest = lowerUrl.substring(lowerUrl.indexOf("://") + 3);
    int end = 0;
    while (end < rest.length() && "/?#\\".indexOf(rest.charAt(end)) < 0) {
      end++;
    }
    String authority = rest.substring(0, end);
    String host = authority.substring(authority.lastIndexOf('@') + 1);
    int port = host.indexOf(':');
    String name = port < 0 ? host : host.substring(0, port);
    return name.endsWith(".") ? name.substring(0, name.length() - 1) : name;
  }
}
