package dev.cambio.gateway.exchange;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import dev.cambio.gateway.token.OpaqueTokens;
import java.util.Arrays;
import java.util.Base64;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import java.util.regex.Pattern;

/**
 * Finds tokens of ours in texts that are not exactly one (additions C2), whatever stands around or
 * inside them that a reader may pass over: white space, padding, quotes, other tokens, JSON.
 *
 * <p>A signature covers header and claims letter by letter, so both must be there, their letters in
 * order, for anybody to believe the token. Therefore all but those letters is left out, the rest is
 * decoded from each of the four places where a part can begin, and looked through for a key id or
 * an issuer of ours. The work grows with the length of the text, and with no more.
 */
final class HiddenTokens {
  /** Look-ups of opaque tokens; a text with more that could be some was made to have them. */
  private static final int MAX_LOOKUPS = 8;

  /** How the parts of a JWT begin: a brace and a quotation mark in base64. */
  private static final String JSON = "eyJ";

  private static final int MAX_VALUE = 512;

  /** How our headers of HS256 begin, and letters of its signatures. */
  private static final String SYMMETRIC = "eyJhbGciOiJIUzI1NiI";

  private static final int MAC = 43;

  /** Signatures that are tried; three tokens in one text are not too many. */
  private static final int MAX_TRIALS = 32;

  /** What parts of a token are separated by, in compact form and in JSON. */
  private static final Pattern SEPARATORS = Pattern.compile("[.\",:{}\\[\\]]+");

  private static final boolean[] LETTERS = table();

  /** What tokens are known by. */
  interface Marks {
    /** Whether a key of ours has that id or had it. */
    boolean isKey(String kid);

    boolean isIssuer(String url);

    /** Whether it is one of HS256 that a secret of a client or an API verifies. */
    boolean isSignedWithSecret(String compact);

    /** Whether it is one exactly, and still good. */
    boolean isOpaqueToken(String token);
  }

  private final Marks ours;

  HiddenTokens(Marks ours) {
    this.ours = ours;
  }

  /** Whether the text holds one, or is disguised too well to tell. */
  boolean isIn(String text) {
    Optional<Set<String>> readings = LenientReadings.of(text);
    if (readings.isEmpty()) {
      return true;
    }
    Set<String> opaque = new HashSet<>();
    for (String reading : readings.get()) {
      String letters = letters(reading);
      if (holdsSigned(letters) || holdsSymmetric(reading, letters)) {
        return true;
      }
      addCandidates(letters, opaque);
    }
    return opaque.size() > MAX_LOOKUPS || opaque.stream().anyMatch(ours::isOpaqueToken);
  }

  /** Those of base64url. */
  static String letters(String text) {
    byte[] letters = new byte[text.length()];
    int count = 0;
    for (int i = 0; i < letters.length; i++) {
      char c = text.charAt(i);
      if (isLetter(c)) {
        letters[count++] = (byte) c;
      }
    }
    return new String(letters, 0, count, ISO_8859_1);
  }

  /** Whether base64url has it. */
  static boolean isLetter(char c) {
    return c < LETTERS.length && LETTERS[c];
  }

  private static boolean[] table() {
    boolean[] table = new boolean[128];
    for (char c :
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_".toCharArray()) {
      table[c] = true;
    }
    return table;
  }

  /** Whether it is worth a closer look. */
  static boolean mayBeIn(String letters) {
    return letters.contains(JSON) || letters.contains(OpaqueTokens.PREFIX);
  }

  private boolean holdsSigned(String letters) {
    if (!letters.contains(JSON)) {
      return false;
    }
    byte[] encoded = (letters + "AAAA").getBytes(ISO_8859_1);
    for (int start = 0; start < 4; start++) {
      int end = encoded.length - (encoded.length - start) % 4;
      String json =
          new String(
              Base64.getUrlDecoder().decode(Arrays.copyOfRange(encoded, start, end)), ISO_8859_1);
      if (holds(json, "\"kid\":\"", ours::isKey) || holds(json, "\"iss\":\"", ours::isIssuer)) {
        return true;
      }
    }
    return false;
  }

  /** Whether a member has a value of that kind; tokens of ours are written without spaces. */
  private static boolean holds(String json, String member, Predicate<String> kind) {
    for (int at = json.indexOf(member); at >= 0; at = json.indexOf(member, at + 1)) {
      int start = at + member.length();
      int end = json.indexOf('"', start, Math.min(json.length(), start + MAX_VALUE));
      if (end >= 0 && kind.test(json.substring(start, end))) {
        return true;
      }
    }
    return false;
  }

  /**
   * Whether parts of one of HS256, which has no key id, are there, in whatever order: its issuer
   * may be one that we are no longer.
   */
  private boolean holdsSymmetric(String reading, String letters) {
    if (!letters.contains(SYMMETRIC)) {
      return false;
    }
    Set<String> headers = new LinkedHashSet<>();
    Set<String> claims = new LinkedHashSet<>();
    Set<String> signatures = new LinkedHashSet<>();
    for (String part : SEPARATORS.split(reading)) {
      String run = letters(part);
      if (run.contains(SYMMETRIC)) {
        headers.add(run.substring(run.indexOf(SYMMETRIC)));
      } else if (run.contains(JSON)) {
        claims.add(run.substring(run.indexOf(JSON)));
      }
      if (run.length() >= MAC) {
        signatures.add(run.substring(0, MAC));
      }
    }
    return (long) headers.size() * claims.size() * signatures.size() > MAX_TRIALS
        || headers.stream()
            .anyMatch(
                header ->
                    claims.stream()
                        .map(payload -> header + "." + payload + ".")
                        .anyMatch(
                            input ->
                                signatures.stream()
                                    .anyMatch(mac -> ours.isSignedWithSecret(input + mac))));
  }

  private static void addCandidates(String letters, Set<String> candidates) {
    if (OpaqueTokens.isPlausible(letters)) {
      candidates.add(letters);
    }
    int at = letters.indexOf(OpaqueTokens.PREFIX);
    while (at >= 0 && at + OpaqueTokens.LENGTH <= letters.length()) {
      candidates.add(letters.substring(at, at + OpaqueTokens.LENGTH));
      if (candidates.size() > MAX_LOOKUPS) {
        return;
      }
      at = letters.indexOf(OpaqueTokens.PREFIX, at + 1);
    }
  }
}
