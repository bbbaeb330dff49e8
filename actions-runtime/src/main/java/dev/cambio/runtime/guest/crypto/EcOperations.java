package dev.cambio.runtime.guest.crypto;

import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.KeyPairGenerator;
import java.security.Signature;
import java.security.SignatureException;
import java.security.interfaces.ECPrivateKey;
import java.security.interfaces.ECPublicKey;
import java.util.Arrays;
import java.util.Map;
import javax.crypto.KeyAgreement;

/** ECDSA and ECDH on the NIST curves. */
final class EcOperations {
  private final KeyCache keys;

  EcOperations(KeyCache keys) {
    this.keys = keys;
  }

  Map<String, Operation> all() {
    return Map.ofEntries(
        Map.entry("ec.sign", this::sign),
        Map.entry("ec.verify", this::verify),
        Map.entry("ec.derive", this::derive),
        Map.entry("ec.generate", a -> generate(Curve.named(a.text(0)))),
        Map.entry(
            "ec.publicFromJwk",
            a -> EcKeys.publicFromJwk(Curve.named(a.text(0)), a.text(1), a.text(2)).spki()),
        Map.entry(
            "ec.privateFromJwk",
            a ->
                EcKeys.privateFromJwk(Curve.named(a.text(0)), a.text(1), a.text(2), a.text(3))
                    .pkcs8()),
        Map.entry("ec.publicToJwk", a -> EcKeys.readSpki(a.bytes(0)).jwk()),
        Map.entry("ec.privateToJwk", a -> EcKeys.readPkcs8(a.bytes(0)).jwk()),
        Map.entry("ec.fromRaw", EcOperations::fromRaw),
        Map.entry("ec.privateFromRaw", EcOperations::privateFromRaw),
        Map.entry("ec.toRaw", EcOperations::toRaw));
  }

  private static byte[] privateFromRaw(Arguments a) throws CryptoFault {
    return EcKeys.privateKey(Curve.named(a.text(0)), new BigInteger(1, a.bytes(0))).pkcs8();
  }

  private ECPublicKey publicKey(byte[] spki) throws CryptoFault, GeneralSecurityException {
    return keys.get(ECPublicKey.class, spki, der -> EcKeys.jca(EcKeys.readSpki(der)));
  }

  private ECPrivateKey privateKey(byte[] pkcs8) throws CryptoFault, GeneralSecurityException {
    return keys.get(ECPrivateKey.class, pkcs8, der -> EcKeys.jca(EcKeys.readPkcs8(der)));
  }

  private static Signature signature(Arguments a) throws CryptoFault, GeneralSecurityException {
    String name = Hashes.named(a.text(0)).signature() + "withECDSA";
    return Signature.getInstance(a.text(1).equals("p1363") ? name + "inP1363Format" : name);
  }

  private byte[] sign(Arguments a) throws CryptoFault, GeneralSecurityException {
    Signature signature = signature(a);
    signature.initSign(privateKey(a.bytes(0)));
    signature.update(a.bytes(1));
    return signature.sign();
  }

  private boolean verify(Arguments a) throws CryptoFault, GeneralSecurityException {
    ECPublicKey key = publicKey(a.bytes(0));
    byte[] given = a.bytes(1);
    // r and s have the full length of the order; the JDK also takes shorter ones.
    int size = (key.getParams().getOrder().bitLength() + 7) / 8;
    if (a.text(1).equals("p1363") ? given.length != 2 * size : !isDer(given)) {
      return false;
    }
    Signature signature = signature(a);
    signature.initVerify(key);
    signature.update(a.bytes(2));
    try {
      return signature.verify(given);
    } catch (SignatureException e) {
      return false; // not a signature at all
    }
  }

  // The JDK also takes numbers without the zero that makes them positive.
  private static boolean isDer(byte[] signature) {
    try {
      DerReader reader = new DerReader(signature).enter(Der.SEQUENCE);
      BigInteger r = reader.integer();
      BigInteger s = reader.integer();
      return r.signum() > 0
          && s.signum() > 0
          && Arrays.equals(signature, Der.sequence(Der.integer(r), Der.integer(s)));
    } catch (CryptoFault e) {
      return false;
    }
  }

  private byte[] derive(Arguments a) throws CryptoFault, GeneralSecurityException {
    KeyAgreement agreement = KeyAgreement.getInstance("ECDH");
    agreement.init(privateKey(a.bytes(0)));
    agreement.doPhase(publicKey(a.bytes(1)), true);
    return agreement.generateSecret();
  }

  private static byte[] generate(Curve curve) throws CryptoFault, GeneralSecurityException {
    KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
    generator.initialize(curve.parameters());
    var generated = generator.generateKeyPair();
    var key =
        new EcKeys.PrivateScalar(
            curve,
            ((ECPrivateKey) generated.getPrivate()).getS(),
            ((ECPublicKey) generated.getPublic()).getW());
    return Pair.join(key.publicPoint().spki(), key.pkcs8());
  }

  private static byte[] fromRaw(Arguments a) throws CryptoFault {
    Curve curve = Curve.named(a.text(0));
    return new EcKeys.PublicPoint(curve, curve.decode(a.bytes(0))).spki();
  }

  private static byte[] toRaw(Arguments a) throws CryptoFault {
    EcKeys.PublicPoint key = EcKeys.readSpki(a.bytes(0));
    return key.curve().encode(key.point());
  }
}
