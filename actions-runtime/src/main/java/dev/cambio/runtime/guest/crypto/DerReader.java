package dev.cambio.runtime.guest.crypto;

import java.math.BigInteger;
import java.util.Arrays;

/** Reads DER value by value; anything unexpected is a {@code DataError}. */
final class DerReader {
  private final byte[] bytes;
  private final int end;
  private int position;

  DerReader(byte[] bytes) {
    this(bytes, 0, bytes.length);
  }

  private DerReader(byte[] bytes, int from, int end) {
    this.bytes = bytes;
    this.position = from;
    this.end = end;
  }

  boolean hasMore() {
    return position < end;
  }

  boolean nextIs(int tag) {
    return hasMore() && (bytes[position] & 0xff) == tag;
  }

  /** The tag of the next value. */
  int tag() throws CryptoFault {
    if (!hasMore()) {
      throw malformed();
    }
    return bytes[position] & 0xff;
  }

  /** Enters a constructed value. */
  DerReader enter(int tag) throws CryptoFault {
    int length = header(tag);
    position += length;
    return new DerReader(bytes, position - length, position);
  }

  /** The content of a primitive value. */
  byte[] content(int tag) throws CryptoFault {
    int length = header(tag);
    position += length;
    return Arrays.copyOfRange(bytes, position - length, position);
  }

  /** The next value as it stands, header included. */
  byte[] whole() throws CryptoFault {
    int start = position;
    if (!hasMore()) {
      throw malformed();
    }
    int length = header(bytes[position] & 0xff);
    position += length;
    return Arrays.copyOfRange(bytes, start, position);
  }

  BigInteger integer() throws CryptoFault {
    byte[] content = content(Der.INTEGER);
    if (content.length == 0) {
      throw malformed();
    }
    return new BigInteger(content);
  }

  /** The bytes of a bit string with no unused bits. */
  byte[] bitString() throws CryptoFault {
    byte[] content = content(Der.BIT_STRING);
    if (content.length == 0 || content[0] != 0) {
      throw malformed();
    }
    return Arrays.copyOfRange(content, 1, content.length);
  }

  void expectEnd() throws CryptoFault {
    if (hasMore()) {
      throw malformed();
    }
  }

  private int header(int tag) throws CryptoFault {
    if (!nextIs(tag)) {
      throw malformed();
    }
    position++;
    int length = length();
    if (length < 0 || length > end - position) {
      throw malformed();
    }
    return length;
  }

  private int length() throws CryptoFault {
    int first = next();
    if (first < 0x80) {
      return first;
    }
    int digits = first & 0x7f;
    if (digits == 0 || digits > 3) {
      throw malformed();
    }
    int length = 0;
    for (int i = 0; i < digits; i++) {
      length = length << 8 | next();
    }
    return length;
  }

  private int next() throws CryptoFault {
    if (!hasMore()) {
      throw malformed();
    }
    return bytes[position++] & 0xff;
  }

  private static CryptoFault malformed() {
    return CryptoFault.data("The key is not valid DER");
  }
}
