package dev.cambio.runtime.guest.crypto;

import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.MessageDigest;
import java.security.Signature;
import java.security.SignatureException;
import java.security.interfaces.RSAPrivateCrtKey;
import java.security.interfaces.RSAPublicKey;
import java.security.spec.PSSParameterSpec;
import java.security.spec.RSAKeyGenParameterSpec;
import java.util.Map;
import javax.crypto.BadPaddingException;
import javax.crypto.Cipher;
import javax.crypto.spec.OAEPParameterSpec;
import javax.crypto.spec.PSource;

/** RSA: PKCS #1 v1.5 and PSS signatures, OAEP and older encryption, keys. */
final class RsaOperations {
  private static final int MIN_GENERATED_BITS = 1024;
  private static final int MAX_GENERATED_BITS = 4096;
  private static final int MAX_SALT = 512;

  private final KeyCache keys;

  RsaOperations(KeyCache keys) {
    this.keys = keys;
  }

  Map<String, Operation> all() {
    return Map.ofEntries(
        Map.entry("rsa.sign", this::sign),
        Map.entry("rsa.verify", this::verify),
        Map.entry("rsa.encrypt", a -> oaep(Cipher.ENCRYPT_MODE, a)),
        Map.entry("rsa.decrypt", a -> oaep(Cipher.DECRYPT_MODE, a)),
        Map.entry("rsa.crypt", this::crypt),
        Map.entry("rsa.generate", RsaOperations::generate),
        Map.entry("rsa.publicFromJwk", a -> RsaKeys.publicFromJwk(a).getEncoded()),
        Map.entry("rsa.privateFromJwk", a -> RsaKeys.privateFromJwk(a).getEncoded()),
        Map.entry("rsa.publicToJwk", a -> RsaKeys.toJwk(publicKey(a.bytes(0)))),
        Map.entry("rsa.privateToJwk", a -> RsaKeys.toJwk(privateKey(a.bytes(0)))));
  }

  private RSAPublicKey publicKey(byte[] spki) throws CryptoFault, GeneralSecurityException {
    return keys.get(RSAPublicKey.class, spki, RsaKeys::publicKey);
  }

  private RSAPrivateCrtKey privateKey(byte[] pkcs8) throws CryptoFault, GeneralSecurityException {
    return keys.get(RSAPrivateCrtKey.class, pkcs8, RsaKeys::privateKey);
  }

  private byte[] sign(Arguments a) throws CryptoFault, GeneralSecurityException {
    Signature signature = signature(a);
    signature.initSign(privateKey(a.bytes(0)));
    signature.update(a.bytes(1));
    return signature.sign();
  }

  private boolean verify(Arguments a) throws CryptoFault, GeneralSecurityException {
    return a.text(0).equals("pkcs1") ? verifyPkcs1(a) : verifyPss(a);
  }

  /**
   * RFC 8017 §8.2.2 by comparing what is encoded, as OpenSSL does: the JDK also takes an encoding
   * that leaves out the parameters of the hash.
   */
  private boolean verifyPkcs1(Arguments a) throws CryptoFault, GeneralSecurityException {
    RSAPublicKey key = publicKey(a.bytes(0));
    byte[] signature = a.bytes(1);
    if (signature.length != (key.getModulus().bitLength() + 7) / 8) {
      return false;
    }
    Hashes hash = Hashes.named(a.text(1));
    byte[] digest = MessageDigest.getInstance(hash.digest()).digest(a.bytes(2));
    Cipher cipher = Cipher.getInstance("RSA/ECB/PKCS1Padding");
    cipher.init(Cipher.DECRYPT_MODE, key);
    try {
      return MessageDigest.isEqual(hash.digestInfo(digest), cipher.doFinal(signature));
    } catch (BadPaddingException e) {
      return false; // not a signature at all
    }
  }

  private boolean verifyPss(Arguments a) throws CryptoFault, GeneralSecurityException {
    Signature signature = signature(a);
    signature.initVerify(publicKey(a.bytes(0)));
    signature.update(a.bytes(2));
    try {
      return signature.verify(a.bytes(1));
    } catch (SignatureException e) {
      return false; // of the wrong length, or not a signature at all
    }
  }

  private static Signature signature(Arguments a) throws CryptoFault, GeneralSecurityException {
    Hashes hash = Hashes.named(a.text(1));
    if (a.text(0).equals("pkcs1")) {
      return Signature.getInstance(hash.signature() + "withRSA");
    }
    int salt = a.integer(2, 0, MAX_SALT, "The salt length");
    Signature signature = Signature.getInstance("RSASSA-PSS");
    signature.setParameter(
        new PSSParameterSpec(
            hash.digest(), "MGF1", hash.mgf1(), salt, PSSParameterSpec.TRAILER_FIELD_BC));
    return signature;
  }

  private byte[] oaep(int mode, Arguments a) throws CryptoFault, GeneralSecurityException {
    Hashes hash = Hashes.named(a.text(0));
    Cipher cipher = Cipher.getInstance("RSA/ECB/OAEPPadding");
    var parameters =
        new OAEPParameterSpec(
            hash.digest(), "MGF1", hash.mgf1(), new PSource.PSpecified(a.bytes(2)));
    cipher.init(
        mode,
        mode == Cipher.ENCRYPT_MODE ? publicKey(a.bytes(0)) : privateKey(a.bytes(0)),
        parameters);
    return cipher.doFinal(a.bytes(1));
  }

  /** Texts: padding (`PKCS1Padding`, `NoPadding`), direction, kind of key. Bytes: key, data. */
  private byte[] crypt(Arguments a) throws CryptoFault, GeneralSecurityException {
    if (!a.text(0).equals("PKCS1Padding") && !a.text(0).equals("NoPadding")) {
      throw CryptoFault.notSupported("Unrecognized padding: " + a.text(0));
    }
    int direction = a.text(1).equals("encrypt") ? Cipher.ENCRYPT_MODE : Cipher.DECRYPT_MODE;
    Cipher cipher = Cipher.getInstance("RSA/ECB/" + a.text(0));
    cipher.init(
        direction, a.text(2).equals("public") ? publicKey(a.bytes(0)) : privateKey(a.bytes(0)));
    return cipher.doFinal(a.bytes(1));
  }

  private static byte[] generate(Arguments a) throws CryptoFault, GeneralSecurityException {
    int bits = a.integer(0, MIN_GENERATED_BITS, MAX_GENERATED_BITS, "The modulus length");
    BigInteger exponent = Base64Url.decodeInteger(a.text(1));
    if (!exponent.equals(RSAKeyGenParameterSpec.F4)
        && !exponent.equals(RSAKeyGenParameterSpec.F0)) {
      throw CryptoFault.operation("The public exponent must be 3 or 65537");
    }
    KeyPairGenerator generator = KeyPairGenerator.getInstance("RSA");
    generator.initialize(new RSAKeyGenParameterSpec(bits, exponent));
    KeyPair pair = generator.generateKeyPair();
    return Pair.join(pair.getPublic().getEncoded(), pair.getPrivate().getEncoded());
  }
}
