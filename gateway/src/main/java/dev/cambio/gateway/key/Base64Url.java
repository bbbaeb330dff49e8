package dev.cambio.gateway.key;

import java.util.Base64;

/**
 * Reads base64url as RFC 7515 §2 writes it, one text for each content: without padding, white space
 * or the letters of plain base64, and with nothing in the bits that the last letter has to spare.
 */
public final class Base64Url {
  private static final Base64.Encoder ENCODER = Base64.getUrlEncoder().withoutPadding();
  private static final Base64.Decoder DECODER = Base64.getUrlDecoder();

  private Base64Url() {}

  /**
   * The content of the text.
   *
   * @throws IllegalArgumentException if it is no base64url, or not the one way to write its content
   */
  public static byte[] decode(String text) {
    byte[] content = DECODER.decode(text);
    if (!ENCODER.encodeToString(content).equals(text)) {
      throw new IllegalArgumentException("not the canonical base64url of its content");
    }
    return content;
  }
}
