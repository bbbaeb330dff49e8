package dev.cambio.runtime.frame;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** Text as bytes, where its size in bytes is what counts. */
public final class Utf8 {
  private static final int CONTINUATION_MASK = 0xC0;
  private static final int CONTINUATION = 0x80;

  private Utf8() {}

  /** The text in UTF-8, at most so many bytes of it, cut between characters. */
  public static byte[] cut(String text, int maxBytes) {
    byte[] bytes =
        (text.length() > maxBytes ? text.substring(0, maxBytes) : text)
            .getBytes(StandardCharsets.UTF_8);
    if (bytes.length <= maxBytes) {
      return bytes;
    }
    int end = maxBytes;
    while (end > 0 && (bytes[end] & CONTINUATION_MASK) == CONTINUATION) {
      end--;
    }
    return Arrays.copyOf(bytes, end);
  }
}
