package dev.cambio.gateway.http;

import dev.cambio.gateway.error.OAuthException.RequestInvalid;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * One element of {@code Forwarded} (RFC 7239 §4): what one proxy says.
 *
 * @param node who asked it, {@code for}
 * @param proto by which scheme
 * @param host with which {@code Host}
 */
record ForwardedElement(Optional<String> node, Optional<String> proto, Optional<String> host) {

  /**
   * Reads the elements of all lines together.
   *
   * @throws RequestInvalid if they do not follow the grammar, since a quotation mark that somebody
   *     left open would hide what the proxies appended
   */
  static List<ForwardedElement> parse(String text) {
    return new Scanner(text).elements();
  }

  private static ForwardedElement of(Map<String, String> pairs) {
    return new ForwardedElement(
        Optional.ofNullable(pairs.get("for")),
        Optional.ofNullable(pairs.get("proto")),
        Optional.ofNullable(pairs.get("host")));
  }

  private static final class Scanner {
    private static final char END = '\0';

    private final String text;
    private int at;

    Scanner(String text) {
      this.text = text;
    }

    List<ForwardedElement> elements() {
      List<ForwardedElement> elements = new ArrayList<>();
      do {
        Map<String, String> pairs = element();
        if (!pairs.isEmpty()) {
          elements.add(of(pairs));
        }
      } while (take(','));
      if (at < text.length()) {
        throw invalid();
      }
      return elements;
    }

    private Map<String, String> element() {
      Map<String, String> pairs = new HashMap<>();
      do {
        skipBlanks();
        String name = run(false);
        if (!name.isEmpty()) {
          if (!take('=') || pairs.put(name.toLowerCase(Locale.ROOT), value()) != null) {
            throw invalid();
          }
          skipBlanks();
        }
      } while (take(';'));
      return pairs;
    }

    private String value() {
      return take('"') ? quoted() : run(true);
    }

    private String quoted() {
      StringBuilder value = new StringBuilder();
      while (!take('"')) {
        take('\\');
        if (at == text.length()) {
          throw invalid();
        }
        value.append(text.charAt(at++));
      }
      return value.toString();
    }

    /** A token; in values colons and brackets as well, since many leave the quotes out. */
    private String run(boolean value) {
      int start = at;
      while (isToken(peek()) || (value && ":[]/".indexOf(peek()) >= 0)) {
        at++;
      }
      return text.substring(start, at);
    }

    private static boolean isToken(char c) {
      return (c >= '0' && c <= '9')
          || (c >= 'a' && c <= 'z')
          || (c >= 'A' && c <= 'Z')
          || "!#$%&'*+-.^_`|~".indexOf(c) >= 0;
    }

    private void skipBlanks() {
      while (peek() == ' ' || peek() == '\t') {
        at++;
      }
    }

    private char peek() {
      return at < text.length() ? text.charAt(at) : END;
    }

    private boolean take(char wanted) {
      if (peek() != wanted) {
        return false;
      }
      at++;
      return true;
    }

    private static RequestInvalid invalid() {
      return new RequestInvalid("The header Forwarded is not valid");
    }
  }
}
