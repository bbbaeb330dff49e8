package dev.cambio.gateway.exchange;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.text.Normalizer;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Base64;
import java.util.Deque;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The texts that readers could make of a text who undo encodings before they look at it: percent
 * signs, HTML entities, escapes of JSON and JavaScript, look-alikes of Unicode, and base64 around
 * the whole, in any order and number.
 */
final class LenientReadings {
  /** Far more than anything has that was not made to have many. */
  private static final int MAX = 32;

  /** Characters of all readings together; a body is eight times smaller. */
  private static final int MAX_CHARACTERS = 2 * 1024 * 1024;

  private static final Pattern PERCENT = Pattern.compile("(?:%[0-9a-fA-F]{2})+");
  private static final Pattern ENTITY =
      Pattern.compile("&(?:#([0-9]{1,7})|#[xX]([0-9a-fA-F]{1,6})|(amp|lowbar|UnderBar));?");
  private static final Pattern ESCAPE =
      Pattern.compile(
          "\\\\(?:u([0-9a-fA-F]{4})|u\\{([0-9a-fA-F]{1,6})}|x([0-9a-fA-F]{2})|([^ux]))");

  /** Shorter is none of ours in base64. */
  private static final int MIN_BASE64 = 56;

  /** A letter of Arabic script that look-alikes would make eighteen of. */
  private static final String LONGEST = "\uFDFA";

  private static final List<UnaryOperator<String>> DECODERS =
      List.of(
          LenientReadings::percent,
          LenientReadings::entities,
          LenientReadings::escapes,
          LenientReadings::lookAlikes,
          LenientReadings::base64);

  private LenientReadings() {}

  /**
   * The readings, the text itself first.
   *
   * @return empty if there are too many
   */
  static Optional<Set<String>> of(String text) {
    Set<String> readings = new LinkedHashSet<>(Set.of(text));
    Deque<String> unread = new ArrayDeque<>(readings);
    int characters = text.length();
    while (!unread.isEmpty()) {
      String reading = unread.remove();
      for (UnaryOperator<String> decoder : DECODERS) {
        String decoded = decoder.apply(reading);
        if (readings.add(decoded)) {
          unread.add(decoded);
          characters += decoded.length();
        }
      }
      if (readings.size() > MAX || characters > MAX_CHARACTERS) {
        return Optional.empty();
      }
    }
    return Optional.of(readings);
  }

  private static String percent(String text) {
    return replace(text, '%', PERCENT, LenientReadings::octets);
  }

  private static String octets(MatchResult escapes) {
    String digits = escapes.group();
    byte[] octets = new byte[digits.length() / 3];
    for (int i = 0; i < octets.length; i++) {
      octets[i] = (byte) Integer.parseInt(digits, 3 * i + 1, 3 * i + 3, 16);
    }
    return new String(octets, UTF_8);
  }

  private static String entities(String text) {
    return replace(text, '&', ENTITY, LenientReadings::entity);
  }

  private static String entity(MatchResult entity) {
    if (entity.group(1) != null) {
      return character(entity.group(1), 10);
    }
    return entity.group(2) != null
        ? character(entity.group(2), 16)
        : entity.group(3).equals("amp") ? "&" : "_";
  }

  private static String escapes(String text) {
    return replace(text, '\\', ESCAPE, LenientReadings::escape);
  }

  private static String escape(MatchResult escape) {
    for (int group = 1; group <= 3; group++) {
      if (escape.group(group) != null) {
        return character(escape.group(group), 16);
      }
    }
    String plain = escape.group(4);
    return "bfnrtv0".contains(plain) ? " " : plain;
  }

  private static String character(String digits, int radix) {
    int codePoint = Integer.parseInt(digits, radix);
    return Character.isValidCodePoint(codePoint) ? Character.toString(codePoint) : " ";
  }

  private static String lookAlikes(String text) {
    for (int i = 0; i < text.length(); i++) {
      if (text.charAt(i) >= 0x80) {
        return Normalizer.normalize(text.replace(LONGEST, ""), Normalizer.Form.NFKC);
      }
    }
    return text;
  }

  /**
   * What the whole text is the base64 of, in either alphabet, or the text. What is no text is only
   * looked through for tokens, since the other encodings would be in it by chance.
   */
  private static String base64(String text) {
    byte[] letters = base64Url(text);
    if (letters.length < MIN_BASE64) {
      return text;
    }
    byte[] content;
    try {
      content = Base64.getUrlDecoder().decode(letters);
    } catch (IllegalArgumentException e) {
      return text;
    }
    try {
      return UTF_8.newDecoder().decode(ByteBuffer.wrap(content)).toString();
    } catch (CharacterCodingException e) {
      String found = HiddenTokens.letters(new String(content, ISO_8859_1));
      return HiddenTokens.mayBeIn(found) ? found : text;
    }
  }

  /** Base64 in the other alphabet and without white space; nothing of what is no base64. */
  private static byte[] base64Url(String text) {
    byte[] letters = new byte[text.length()];
    int count = 0;
    for (int i = 0; i < letters.length; i++) {
      char c = text.charAt(i);
      if (HiddenTokens.isLetter(c) || c == '=') {
        letters[count++] = (byte) c;
      } else if (c == '+' || c == '/') {
        letters[count++] = (byte) (c == '+' ? '-' : '_');
      } else if (!Character.isWhitespace(c)) {
        return new byte[0];
      }
    }
    return Arrays.copyOf(letters, count);
  }

  private static String replace(
      String text, char sign, Pattern pattern, Function<MatchResult, String> decoder) {
    return text.indexOf(sign) < 0
        ? text
        : pattern.matcher(text).replaceAll(match -> Matcher.quoteReplacement(decoder.apply(match)));
  }
}
