package dev.cambio.runtime.guest.crypto;

/** A failed operation, with the DOMException name that guest code sees. */
final class CryptoFault extends Exception {
  private static final long serialVersionUID = 1L;

  private final String errorName;

  private CryptoFault(String errorName, String message) {
    super(message, null, false, false);
    this.errorName = errorName;
  }

  /** The input is not what its format says it is. */
  static CryptoFault data(String message) {
    return new CryptoFault("DataError", message);
  }

  /** The input is well-formed, and the operation cannot be done with it. */
  static CryptoFault operation(String message) {
    return new CryptoFault("OperationError", message);
  }

  static CryptoFault notSupported(String message) {
    return new CryptoFault("NotSupportedError", message);
  }

  static CryptoFault type(String message) {
    return new CryptoFault("TypeError", message);
  }

  /** The form in which an error crosses to the prelude. */
  String encoded() {
    return encoded(errorName, String.valueOf(getMessage()));
  }

  static String encoded(String errorName, String message) {
    return "\0" + errorName + ":" + message;
  }
}
