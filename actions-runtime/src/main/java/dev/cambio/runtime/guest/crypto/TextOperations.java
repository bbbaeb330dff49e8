package dev.cambio.runtime.guest.crypto;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.Charset;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.util.Map;

/**
 * Text to bytes and back: no cryptography, but what TextEncoder and TextDecoder need for long or
 * non-ASCII input.
 */
final class TextOperations {
  private static final Map<String, Charset> CHARSETS =
      Map.of(
          "utf-8", StandardCharsets.UTF_8,
          "utf-16le", StandardCharsets.UTF_16LE,
          "utf-16be", StandardCharsets.UTF_16BE,
          "windows-1252", Charset.forName("windows-1252"));

  private TextOperations() {}

  static Map<String, Operation> all() {
    return Map.of(
        "text.encode",
        a -> a.text(0).getBytes(StandardCharsets.UTF_8),
        "text.decode",
        TextOperations::decode);
  }

  // The answer has a letter before the text, for text may itself begin with NUL.
  private static String decode(Arguments a) throws CryptoFault {
    Charset charset = CHARSETS.get(a.text(0));
    if (charset == null) {
      throw CryptoFault.type("Unsupported encoding: " + a.text(0));
    }
    if (!a.text(1).equals("fatal")) {
      return "T" + new String(a.bytes(0), charset);
    }
    try {
      return "T"
          + charset
              .newDecoder()
              .onMalformedInput(CodingErrorAction.REPORT)
              .onUnmappableCharacter(CodingErrorAction.REPORT)
              .decode(ByteBuffer.wrap(a.bytes(0)));
    } catch (CharacterCodingException e) {
      throw CryptoFault.type("The encoded data was not valid for encoding " + a.text(0));
    }
  }
}
