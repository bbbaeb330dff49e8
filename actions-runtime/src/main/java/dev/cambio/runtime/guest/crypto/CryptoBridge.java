package dev.cambio.runtime.guest.crypto;

import java.security.GeneralSecurityException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Every cryptographic operation that the prelude asks for, by name. Safe for use by many threads.
 */
public final class CryptoBridge {
  private final Map<String, Operation> operations = new HashMap<>();

  public CryptoBridge() {
    KeyCache keys = new KeyCache();
    operations.putAll(TextOperations.all());
    operations.putAll(DigestOperations.all());
    operations.putAll(new RsaOperations(keys).all());
    operations.putAll(new EcOperations(keys).all());
    operations.putAll(new OkpOperations(keys).all());
    operations.putAll(AesOperations.all());
    operations.putAll(DeriveOperations.all());
    operations.putAll(KeyOperations.all());
    operations.putAll(Certificates.all());
  }

  /**
   * Does one operation. Never throws: an error comes back as text that begins with NUL and reads
   * {@code ErrorName:message}.
   *
   * @param strings the texts among the arguments, in order
   * @param bytes the byte arrays among the arguments, in order
   * @return {@code byte[]}, {@link String} or {@link Boolean}
   */
  public Object call(String op, List<String> strings, List<byte[]> bytes) {
    Operation operation = operations.get(op);
    if (operation == null) {
      return CryptoFault.encoded("NotSupportedError", "Unknown operation");
    }
    try {
      return operation.apply(new Arguments(strings, bytes));
    } catch (CryptoFault e) {
      return e.encoded();
    } catch (GeneralSecurityException | RuntimeException e) {
      // What a provider says about it is nothing for guest code.
      return CryptoFault.encoded("OperationError", "The operation failed");
    }
  }
}
