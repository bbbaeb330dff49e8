package dev.cambio.runtime.guest.crypto;

import java.util.List;

/** The arguments of one operation: texts and byte arrays, each counted from zero. */
record Arguments(List<String> texts, List<byte[]> buffers) {

  String text(int index) throws CryptoFault {
    if (index >= texts.size()) {
      throw CryptoFault.type("An argument is missing");
    }
    return texts.get(index);
  }

  byte[] bytes(int index) throws CryptoFault {
    if (index >= buffers.size()) {
      throw CryptoFault.type("An argument is missing");
    }
    return buffers.get(index);
  }

  boolean hasBytes(int index) {
    return index < buffers.size();
  }

  /** A whole number between two bounds. */
  int integer(int index, int min, int max, String what) throws CryptoFault {
    try {
      int value = Integer.parseInt(text(index));
      if (value >= min && value <= max) {
        return value;
      }
    } catch (NumberFormatException e) {
      // Refused below, like a number out of bounds.
    }
    throw CryptoFault.operation(what + " must be between " + min + " and " + max);
  }
}
