package dev.cambio.runtime.guest.crypto;

import java.io.IOException;
import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.InvalidKeyException;
import java.security.interfaces.RSAPrivateCrtKey;
import java.security.interfaces.RSAPublicKey;
import java.util.Arrays;
import java.util.Map;
import javax.crypto.EncryptedPrivateKeyInfo;
import javax.crypto.SecretKeyFactory;
import javax.crypto.spec.PBEKeySpec;

/**
 * SPKI and PKCS #8 of any supported algorithm: checked and brought into one form, described, and
 * converted from and to the older forms that PEM files hold.
 */
final class KeyOperations {
  private static final byte[] RSA_OBJECT_ID = {
    0x2a, (byte) 0x86, 0x48, (byte) 0x86, (byte) 0xf7, 0x0d, 1, 1, 1
  };

  private enum Family {
    RSA,
    EC,
    OKP
  }

  private KeyOperations() {}

  static Map<String, Operation> all() {
    return Map.ofEntries(
        Map.entry("public.normalize", a -> normalizePublic(a.bytes(0))),
        Map.entry("private.normalize", a -> normalizePrivate(a.bytes(0))),
        Map.entry("public.describe", a -> describePublic(a.bytes(0))),
        Map.entry("private.describe", a -> describePrivate(a.bytes(0))),
        Map.entry("public.fromPrivate", a -> publicOf(a.bytes(0))),
        Map.entry("public.fromCertificate", a -> fromCertificate(a.bytes(0))),
        Map.entry("public.fromPkcs1", a -> publicFromPkcs1(a.bytes(0))),
        Map.entry("private.decrypt", a -> decrypted(a.text(0), a.bytes(0))),
        Map.entry("private.fromPkcs1", a -> privateFromPkcs1(a.bytes(0))),
        Map.entry("private.fromSec1", a -> EcKeys.readSec1(a.bytes(0)).pkcs8()),
        Map.entry("public.to", a -> inner(a, "pkcs1")),
        Map.entry("private.to", KeyOperations::privateTo));
  }

  private static Family family(byte[] objectId) throws CryptoFault {
    if (Arrays.equals(objectId, RSA_OBJECT_ID)) {
      return Family.RSA;
    }
    if (Arrays.equals(objectId, EcKeys.OBJECT_ID)) {
      return Family.EC;
    }
    if (OkpKeys.isObjectId(objectId)) {
      return Family.OKP;
    }
    throw CryptoFault.data("The key's algorithm is not supported");
  }

  private static Family publicFamily(byte[] spki) throws CryptoFault {
    DerReader info = new DerReader(spki).enter(Der.SEQUENCE);
    return family(info.enter(Der.SEQUENCE).content(Der.OBJECT_ID));
  }

  private static Family privateFamily(byte[] pkcs8) throws CryptoFault {
    DerReader info = new DerReader(pkcs8).enter(Der.SEQUENCE);
    info.integer();
    return family(info.enter(Der.SEQUENCE).content(Der.OBJECT_ID));
  }

  private static byte[] normalizePublic(byte[] spki) throws CryptoFault, GeneralSecurityException {
    return switch (publicFamily(spki)) {
      case RSA -> RsaKeys.publicKey(spki).getEncoded();
      case EC -> EcKeys.readSpki(spki).spki();
      case OKP -> normalized(OkpKeys.readSpki(spki));
    };
  }

  private static byte[] normalized(OkpKeys.Half half) throws CryptoFault, GeneralSecurityException {
    OkpKeys.jcaPublic(half);
    return half.spki();
  }

  private static byte[] normalizePrivate(byte[] pkcs8)
      throws CryptoFault, GeneralSecurityException {
    return switch (privateFamily(pkcs8)) {
      case RSA -> RsaKeys.privateKey(pkcs8).getEncoded();
      case EC -> EcKeys.readPkcs8(pkcs8).pkcs8();
      case OKP -> OkpKeys.readPkcs8(pkcs8).pkcs8();
    };
  }

  private static String describePublic(byte[] spki) throws CryptoFault, GeneralSecurityException {
    return switch (publicFamily(spki)) {
      case RSA -> {
        RSAPublicKey key = RsaKeys.publicKey(spki);
        yield RsaKeys.describe(key.getModulus(), key.getPublicExponent());
      }
      case EC -> "EC " + EcKeys.readSpki(spki).curve().name();
      case OKP -> "OKP " + OkpKeys.readSpki(spki).name();
    };
  }

  private static String describePrivate(byte[] pkcs8) throws CryptoFault, GeneralSecurityException {
    return switch (privateFamily(pkcs8)) {
      case RSA -> {
        RSAPrivateCrtKey key = RsaKeys.privateKey(pkcs8);
        yield RsaKeys.describe(key.getModulus(), key.getPublicExponent());
      }
      case EC -> "EC " + EcKeys.readPkcs8(pkcs8).curve().name();
      case OKP -> "OKP " + OkpKeys.readPkcs8(pkcs8).name();
    };
  }

  private static byte[] publicOf(byte[] pkcs8) throws CryptoFault, GeneralSecurityException {
    return switch (privateFamily(pkcs8)) {
      case RSA -> {
        RSAPrivateCrtKey key = RsaKeys.privateKey(pkcs8);
        yield RsaKeys.publicKey(key.getModulus(), key.getPublicExponent()).getEncoded();
      }
      case EC -> EcKeys.readPkcs8(pkcs8).publicPoint().spki();
      case OKP -> OkpKeys.publicHalf(OkpKeys.readPkcs8(pkcs8)).spki();
    };
  }

  // Read as public key of a trusted certificate: nobody here checks who signed it.
  private static byte[] fromCertificate(byte[] der) throws CryptoFault, GeneralSecurityException {
    return normalizePublic(Certificates.parse(der).getPublicKey().getEncoded());
  }

  /** The JCA's name of a public key's algorithm. */
  static String algorithm(byte[] spki) throws CryptoFault {
    return switch (publicFamily(spki)) {
      case RSA -> "RSA";
      case EC -> "EC";
      case OKP -> OkpKeys.readSpki(spki).name();
    };
  }

  // RFC 8018 §6.2, in what is called an encrypted PKCS #8 key
  private static byte[] decrypted(String passphrase, byte[] der)
      throws CryptoFault, GeneralSecurityException {
    try {
      var encrypted = new EncryptedPrivateKeyInfo(der);
      // The parameters of PBES2 go by the name of what they say.
      String name =
          encrypted.getAlgName().startsWith("PBE")
              ? encrypted.getAlgName()
              : encrypted.getAlgParameters().toString();
      var secret = new PBEKeySpec(passphrase.toCharArray());
      var key = SecretKeyFactory.getInstance(name).generateSecret(secret);
      return normalizePrivate(encrypted.getKeySpec(key).getEncoded());
    } catch (IOException e) {
      throw CryptoFault.data("The key is not valid");
    } catch (InvalidKeyException e) {
      throw CryptoFault.operation("bad decrypt");
    }
  }

  // RFC 8017 A.1.1
  private static byte[] publicFromPkcs1(byte[] der) throws CryptoFault, GeneralSecurityException {
    DerReader key = new DerReader(der).enter(Der.SEQUENCE);
    return RsaKeys.publicKey(key.integer(), key.integer()).getEncoded();
  }

  // RFC 8017 A.1.2
  private static byte[] privateFromPkcs1(byte[] der) throws CryptoFault, GeneralSecurityException {
    DerReader key = new DerReader(der).enter(Der.SEQUENCE);
    if (key.integer().signum() != 0) {
      throw CryptoFault.notSupported("RSA keys with more than two primes are not supported");
    }
    BigInteger[] members = new BigInteger[8];
    for (int i = 0; i < members.length; i++) {
      members[i] = key.integer();
    }
    return RsaKeys.privateKey(members).getEncoded();
  }

  private static byte[] privateTo(Arguments a) throws CryptoFault, GeneralSecurityException {
    if (a.text(0).equals("sec1") && privateFamily(a.bytes(0)) == Family.EC) {
      return EcKeys.readPkcs8(a.bytes(0)).sec1();
    }
    if (a.text(0).equals("pkcs1") && privateFamily(a.bytes(0)) == Family.RSA) {
      DerReader info = new DerReader(a.bytes(0)).enter(Der.SEQUENCE);
      info.integer();
      info.whole();
      return info.content(Der.OCTET_STRING);
    }
    throw CryptoFault.type("The key cannot be exported as " + a.text(0));
  }

  private static byte[] inner(Arguments a, String form) throws CryptoFault {
    if (!a.text(0).equals(form) || publicFamily(a.bytes(0)) != Family.RSA) {
      throw CryptoFault.type("The key cannot be exported as " + a.text(0));
    }
    DerReader info = new DerReader(a.bytes(0)).enter(Der.SEQUENCE);
    info.whole();
    return info.bitString();
  }
}
