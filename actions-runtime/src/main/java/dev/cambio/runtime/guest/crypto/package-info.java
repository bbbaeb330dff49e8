/**
 * Cryptography for guest code: the JCA behind WebCrypto and Node's crypto module. Keys travel as
 * DER or raw bytes with every call; nothing is kept here but parsed keys, in a small cache. Errors
 * carry the name that WebCrypto gives them, never a Java class.
 */
@NullMarked
package dev.cambio.runtime.guest.crypto;

import org.jspecify.annotations.NullMarked;
