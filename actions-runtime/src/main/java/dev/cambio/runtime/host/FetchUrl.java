package dev.cambio.runtime.host;

import java.net.IDN;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.HexFormat;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Where a request goes, in characters that cannot be taken for anything else on the wire. Guest
 * code has a URL class of its own; what arrives here may be hostile all the same.
 *
 * @param scheme {@code http} or {@code https}
 * @param host in lower case, without brackets and without a dot at the end: a name, or an address
 *     in whatever spelling
 * @param port the scheme's own where none is given
 * @param path begins with a slash
 * @param query with its question mark; may be empty
 */
record FetchUrl(String scheme, String host, int port, String path, String query) {
  private static final int MAX_LENGTH = 64 * 1024;
  private static final Pattern ABSOLUTE =
      Pattern.compile("([A-Za-z][A-Za-z0-9+.-]*):(.*)", Pattern.DOTALL);
  private static final Pattern HIERARCHICAL =
      Pattern.compile("//([^/?\\\\]*)([^?]*)(\\?.*)?", Pattern.DOTALL);
  private static final Pattern AUTHORITY =
      Pattern.compile("(\\[[0-9A-Fa-f:.]+]|[^\\[\\]:]+)(?::([0-9]{0,5}))?");
  private static final Pattern NAME =
      Pattern.compile("(?=.{1,253}$)[a-z0-9_-]+(\\.[a-z0-9_-]+)*", Pattern.DOTALL);

  static FetchUrl parse(String text) throws FetchFailure {
    if (text.length() > MAX_LENGTH) {
      throw FetchFailure.invalid("the URL is too long");
    }
    Matcher absolute = ABSOLUTE.matcher(withoutFragment(text));
    if (!absolute.matches()) {
      throw malformed();
    }
    String scheme = absolute.group(1).toLowerCase(Locale.ROOT);
    if (!scheme.equals("http") && !scheme.equals("https")) {
      throw FetchFailure.invalid("only http and https can be fetched");
    }
    return hierarchical(scheme, absolute.group(2));
  }

  private static FetchUrl hierarchical(String scheme, String rest) throws FetchFailure {
    Matcher parts = HIERARCHICAL.matcher(rest);
    if (!parts.matches()) {
      throw malformed();
    }
    if (parts.group(1).indexOf('@') >= 0) {
      throw FetchFailure.invalid("the URL holds credentials");
    }
    Matcher authority = AUTHORITY.matcher(parts.group(1));
    if (!authority.matches()) {
      throw malformed();
    }
    return new FetchUrl(
        scheme,
        host(authority.group(1)),
        port(scheme, authority.group(2)),
        encoded(withoutDots(parts.group(2).replace('\\', '/'))),
        parts.group(3) == null ? "" : encoded(parts.group(3)));
  }

  private static String host(String given) throws FetchFailure {
    if (given.startsWith("[")) {
      String address = given.substring(1, given.length() - 1).toLowerCase(Locale.ROOT);
      try {
        InetAddress.ofLiteral(address);
        return address;
      } catch (IllegalArgumentException e) {
        throw malformed();
      }
    }
    String name;
    try {
      name = IDN.toASCII(given).toLowerCase(Locale.ROOT);
    } catch (IllegalArgumentException e) {
      throw malformed();
    }
    String bare = name.endsWith(".") ? name.substring(0, name.length() - 1) : name;
    if (!NAME.matcher(bare).matches()) {
      throw malformed();
    }
    return bare;
  }

  @SuppressWarnings("NullAway") // a group that did not take part is null
  private static int port(String scheme, String given) throws FetchFailure {
    if (given == null || given.isEmpty()) {
      return usualPort(scheme);
    }
    int port = Integer.parseInt(given);
    if (port < 1 || port > 65_535) {
      throw malformed();
    }
    return port;
  }

  private static int usualPort(String scheme) {
    return scheme.equals("https") ? 443 : 80;
  }

  /**
   * The URL that a {@code Location} leads to (RFC 3986 §5.2).
   *
   * @param location as received: each character is one byte
   */
  FetchUrl resolve(String location) throws FetchFailure {
    String reference = withoutFragment(location.strip());
    try {
      if (ABSOLUTE.matcher(reference).matches()) {
        return parse(reference);
      }
      if (reference.startsWith("//") || reference.startsWith("\\\\")) {
        return hierarchical(scheme, "//" + reference.substring(2));
      }
      int question = reference.indexOf('?');
      String path = question < 0 ? reference : reference.substring(0, question);
      String asked = question < 0 ? "" : encoded(reference.substring(question));
      if (path.isEmpty()) {
        return new FetchUrl(scheme, host, port, this.path, question < 0 ? query : asked);
      }
      String slashes = path.replace('\\', '/');
      String whole =
          slashes.startsWith("/")
              ? slashes
              : this.path.substring(0, this.path.lastIndexOf('/') + 1) + slashes;
      return new FetchUrl(scheme, host, port, encoded(withoutDots(whole)), asked);
    } catch (FetchFailure e) {
      throw FetchFailure.invalid("the redirect cannot be followed: " + e.reason());
    }
  }

  private static String withoutFragment(String text) {
    int fragment = text.indexOf('#');
    return fragment < 0 ? text : text.substring(0, fragment);
  }

  private static String withoutDots(String path) {
    if (path.isEmpty()) {
      return "/";
    }
    ArrayDeque<String> kept = new ArrayDeque<>();
    String last = "";
    for (String segment : path.substring(1).split("/", -1)) {
      last = segment;
      if (segment.equals("..")) {
        kept.pollLast();
      } else if (!segment.equals(".")) {
        kept.addLast(segment);
      }
    }
    String joined = "/" + String.join("/", kept);
    boolean folder = last.equals(".") || last.equals("..");
    return folder && !joined.endsWith("/") ? joined + "/" : joined;
  }

  /** URLs may hold characters that a request line may not. */
  private static String encoded(String text) throws FetchFailure {
    StringBuilder encoded = new StringBuilder(text.length());
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c < ' ' || c == 0x7F) {
        throw malformed();
      }
      if (c > 0x7F) {
        percent(encoded, c);
      } else if (" \"<>\\^`{|}[]".indexOf(c) >= 0) {
        encoded.append('%').append(HexFormat.of().withUpperCase().toHexDigits((byte) c));
      } else {
        encoded.append(c);
      }
    }
    return encoded.toString();
  }

  // Headers arrive as bytes, one a character; text beyond that can only be the guest's own.
  private static void percent(StringBuilder encoded, char c) {
    byte[] bytes =
        c <= 0xFF ? new byte[] {(byte) c} : Character.toString(c).getBytes(StandardCharsets.UTF_8);
    for (byte each : bytes) {
      encoded.append('%').append(HexFormat.of().withUpperCase().toHexDigits(each));
    }
  }

  private static FetchFailure malformed() {
    return FetchFailure.invalid("the URL is malformed");
  }

  boolean secure() {
    return scheme.equals("https");
  }

  /** Path and query as they go on the request line. */
  String target() {
    return path + query;
  }

  /** As URLs and {@code Host} spell it: an IPv6 address in brackets. */
  String urlHost() {
    return host.indexOf(':') >= 0 ? "[" + host + "]" : host;
  }

  String hostAndPort() {
    return urlHost() + ":" + port;
  }

  boolean sameOrigin(FetchUrl other) {
    return scheme.equals(other.scheme) && host.equals(other.host) && port == other.port;
  }

  @Override
  public String toString() {
    String authority = port == usualPort(scheme) ? urlHost() : hostAndPort();
    return scheme + "://" + authority + target();
  }
}
