package dev.cambio.runtime.guest.crypto;

import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.interfaces.RSAPrivateCrtKey;
import java.security.interfaces.RSAPublicKey;
import java.security.spec.InvalidKeySpecException;
import java.security.spec.PKCS8EncodedKeySpec;
import java.security.spec.RSAPrivateCrtKeySpec;
import java.security.spec.RSAPublicKeySpec;
import java.security.spec.X509EncodedKeySpec;

/** RSA keys: DER, the members of a JWK, and the bounds on both. */
final class RsaKeys {
  private static final int MAX_BITS = 16384;
  private static final int MAX_EXPONENT_BITS = 64;

  private RsaKeys() {}

  private static KeyFactory factory() throws GeneralSecurityException {
    return KeyFactory.getInstance("RSA");
  }

  static RSAPublicKey publicKey(byte[] spki) throws CryptoFault, GeneralSecurityException {
    try {
      return checked((RSAPublicKey) factory().generatePublic(new X509EncodedKeySpec(spki)));
    } catch (InvalidKeySpecException e) {
      throw CryptoFault.data("The RSA public key is not valid");
    }
  }

  static RSAPrivateCrtKey privateKey(byte[] pkcs8) throws CryptoFault, GeneralSecurityException {
    try {
      if (factory().generatePrivate(new PKCS8EncodedKeySpec(pkcs8))
          instanceof RSAPrivateCrtKey key) {
        checkSize(key.getModulus(), key.getPublicExponent());
        return key;
      }
    } catch (InvalidKeySpecException e) {
      // Refused below, like a key without its primes.
    }
    throw CryptoFault.data("The RSA private key is not valid");
  }

  static RSAPublicKey publicFromJwk(Arguments a) throws CryptoFault, GeneralSecurityException {
    return publicKey(Base64Url.decodeInteger(a.text(0)), Base64Url.decodeInteger(a.text(1)));
  }

  static RSAPublicKey publicKey(BigInteger modulus, BigInteger exponent)
      throws CryptoFault, GeneralSecurityException {
    // Before the provider gets to see them, for it may well compute with them.
    checkSize(modulus, exponent);
    try {
      return (RSAPublicKey) factory().generatePublic(new RSAPublicKeySpec(modulus, exponent));
    } catch (InvalidKeySpecException e) {
      throw CryptoFault.data("The RSA public key is not valid");
    }
  }

  static RSAPrivateCrtKey privateFromJwk(Arguments a) throws CryptoFault, GeneralSecurityException {
    BigInteger[] members = new BigInteger[8];
    for (int i = 0; i < members.length; i++) {
      members[i] = Base64Url.decodeInteger(a.text(i));
      if (members[i].bitLength() > MAX_BITS) {
        throw CryptoFault.notSupported("The RSA key is too large");
      }
    }
    return privateKey(members);
  }

  /**
   * Makes a private key.
   *
   * @param m modulus, public and private exponent, the primes, their exponents, the coefficient
   */
  static RSAPrivateCrtKey privateKey(BigInteger[] m) throws CryptoFault, GeneralSecurityException {
    checkSize(m[0], m[1]);
    if (!m[3].multiply(m[4]).equals(m[0])) {
      throw CryptoFault.data("The RSA primes do not belong to the modulus");
    }
    var spec = new RSAPrivateCrtKeySpec(m[0], m[1], m[2], m[3], m[4], m[5], m[6], m[7]);
    try {
      return (RSAPrivateCrtKey) factory().generatePrivate(spec);
    } catch (InvalidKeySpecException e) {
      throw CryptoFault.data("The RSA private key is not valid");
    }
  }

  static String toJwk(RSAPublicKey key) {
    return join(key.getModulus(), key.getPublicExponent());
  }

  static String toJwk(RSAPrivateCrtKey key) {
    return join(
        key.getModulus(),
        key.getPublicExponent(),
        key.getPrivateExponent(),
        key.getPrimeP(),
        key.getPrimeQ(),
        key.getPrimeExponentP(),
        key.getPrimeExponentQ(),
        key.getCrtCoefficient());
  }

  /** What the prelude tells of a key: family, modulus length, public exponent. */
  static String describe(BigInteger modulus, BigInteger exponent) {
    return "RSA " + modulus.bitLength() + " " + Base64Url.encode(exponent);
  }

  private static String join(BigInteger... members) {
    StringBuilder joined = new StringBuilder();
    for (BigInteger member : members) {
      joined.append(joined.isEmpty() ? "" : ".").append(Base64Url.encode(member));
    }
    return joined.toString();
  }

  private static RSAPublicKey checked(RSAPublicKey key) throws CryptoFault {
    checkSize(key.getModulus(), key.getPublicExponent());
    return key;
  }

  private static void checkSize(BigInteger modulus, BigInteger exponent) throws CryptoFault {
    if (modulus.bitLength() > MAX_BITS || exponent.bitLength() > MAX_EXPONENT_BITS) {
      throw CryptoFault.notSupported("The RSA key is too large");
    }
  }
}
