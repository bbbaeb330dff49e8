package dev.cambio.runtime.guest.crypto;

import java.security.GeneralSecurityException;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.SecureRandom;
import java.security.Signature;
import java.security.SignatureException;
import java.util.Arrays;
import java.util.Map;
import javax.crypto.KeyAgreement;

/** Ed25519 signatures and X25519 key agreement. */
final class OkpOperations {
  private static final SecureRandom RANDOM = new SecureRandom();

  private final KeyCache keys;

  OkpOperations(KeyCache keys) {
    this.keys = keys;
  }

  Map<String, Operation> all() {
    return Map.of(
        "okp.sign",
        this::sign,
        "okp.verify",
        this::verify,
        "okp.derive",
        this::derive,
        "okp.generate",
        a -> generate(a.text(0)),
        "okp.publicFromJwk",
        a -> checked(a.text(0), Base64Url.decode(a.text(1))),
        "okp.privateFromJwk",
        OkpOperations::privateFromJwk,
        "okp.publicToJwk",
        a -> Base64Url.encode(OkpKeys.readSpki(a.bytes(0)).bytes()),
        "okp.privateToJwk",
        OkpOperations::privateToJwk,
        "okp.fromRaw",
        a -> checked(a.text(0), a.bytes(0)),
        "okp.toRaw",
        a -> OkpKeys.readSpki(a.bytes(0)).bytes());
  }

  private PublicKey publicKey(byte[] spki) throws CryptoFault, GeneralSecurityException {
    return keys.get(PublicKey.class, spki, der -> OkpKeys.jcaPublic(OkpKeys.readSpki(der)));
  }

  private PrivateKey privateKey(byte[] pkcs8) throws CryptoFault, GeneralSecurityException {
    return keys.get(PrivateKey.class, pkcs8, der -> OkpKeys.jcaPrivate(OkpKeys.readPkcs8(der)));
  }

  private byte[] sign(Arguments a) throws CryptoFault, GeneralSecurityException {
    Signature signature = Signature.getInstance("Ed25519");
    signature.initSign(privateKey(a.bytes(0)));
    signature.update(a.bytes(1));
    return signature.sign();
  }

  private boolean verify(Arguments a) throws CryptoFault, GeneralSecurityException {
    Signature signature = Signature.getInstance("Ed25519");
    signature.initVerify(publicKey(a.bytes(0)));
    signature.update(a.bytes(2));
    try {
      return signature.verify(a.bytes(1));
    } catch (SignatureException e) {
      return false; // of the wrong length, or with a point that does not exist
    }
  }

  private byte[] derive(Arguments a) throws CryptoFault, GeneralSecurityException {
    KeyAgreement agreement = KeyAgreement.getInstance("X25519");
    agreement.init(privateKey(a.bytes(0)));
    agreement.doPhase(publicKey(a.bytes(1)), true);
    return agreement.generateSecret();
  }

  private static byte[] generate(String name) throws CryptoFault, GeneralSecurityException {
    byte[] key = new byte[OkpKeys.SIZE];
    RANDOM.nextBytes(key);
    OkpKeys.Half half = OkpKeys.half(name, key);
    return Pair.join(OkpKeys.publicHalf(half).spki(), half.pkcs8());
  }

  private static byte[] checked(String name, byte[] raw)
      throws CryptoFault, GeneralSecurityException {
    OkpKeys.Half half = OkpKeys.half(name, raw);
    OkpKeys.jcaPublic(half);
    return half.spki();
  }

  private static byte[] privateFromJwk(Arguments a) throws CryptoFault, GeneralSecurityException {
    OkpKeys.Half half = OkpKeys.half(a.text(0), Base64Url.decode(a.text(2)));
    if (!Arrays.equals(OkpKeys.publicHalf(half).bytes(), Base64Url.decode(a.text(1)))) {
      throw CryptoFault.data("The public key does not belong to the private key");
    }
    return half.pkcs8();
  }

  private static String privateToJwk(Arguments a) throws CryptoFault, GeneralSecurityException {
    OkpKeys.Half half = OkpKeys.readPkcs8(a.bytes(0));
    return Base64Url.encode(OkpKeys.publicHalf(half).bytes())
        + "."
        + Base64Url.encode(half.bytes());
  }
}
