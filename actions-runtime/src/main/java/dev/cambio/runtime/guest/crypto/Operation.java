package dev.cambio.runtime.guest.crypto;

import java.security.GeneralSecurityException;

/** One operation; answers {@code byte[]}, {@link String} or {@link Boolean}. */
@FunctionalInterface
interface Operation {
  Object apply(Arguments arguments) throws CryptoFault, GeneralSecurityException;
}
