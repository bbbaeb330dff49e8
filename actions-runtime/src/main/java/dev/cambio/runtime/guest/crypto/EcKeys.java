package dev.cambio.runtime.guest.crypto;

import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.interfaces.ECPrivateKey;
import java.security.interfaces.ECPublicKey;
import java.security.spec.ECPoint;
import java.security.spec.ECPrivateKeySpec;
import java.security.spec.ECPublicKeySpec;
import java.util.Arrays;

/** Keys on the NIST curves: SPKI, PKCS #8 and SEC 1, with every point checked. */
final class EcKeys {
  static final byte[] OBJECT_ID = {0x2a, (byte) 0x86, 0x48, (byte) 0xce, 0x3d, 2, 1};

  private EcKeys() {}

  record PublicPoint(Curve curve, ECPoint point) {
    byte[] spki() {
      return Der.sequence(algorithm(curve), Der.bitString(curve.encode(point)));
    }

    String jwk() {
      byte[] encoded = curve.encode(point);
      return Base64Url.encode(Arrays.copyOfRange(encoded, 1, 1 + curve.size()))
          + "."
          + Base64Url.encode(Arrays.copyOfRange(encoded, 1 + curve.size(), encoded.length));
    }
  }

  record PrivateScalar(Curve curve, BigInteger scalar, ECPoint point) {
    PublicPoint publicPoint() {
      return new PublicPoint(curve, point);
    }

    byte[] pkcs8() {
      return Der.sequence(
          Der.integer(0), algorithm(curve), Der.value(Der.OCTET_STRING, sec1(new byte[0])));
    }

    byte[] sec1() {
      return sec1(Der.value(Der.CONTEXT_0, Der.value(Der.OBJECT_ID, curve.objectId())));
    }

    private byte[] sec1(byte[] parameters) {
      return Der.sequence(
          Der.integer(1),
          Der.value(Der.OCTET_STRING, Base64Url.fixed(scalar, curve.size())),
          parameters,
          Der.value(Der.CONTEXT_1, Der.bitString(curve.encode(point))));
    }

    String jwk() {
      return publicPoint().jwk() + "." + Base64Url.encode(Base64Url.fixed(scalar, curve.size()));
    }
  }

  private static byte[] algorithm(Curve curve) {
    return Der.sequence(
        Der.value(Der.OBJECT_ID, OBJECT_ID), Der.value(Der.OBJECT_ID, curve.objectId()));
  }

  static PublicPoint readSpki(byte[] spki) throws CryptoFault {
    DerReader outer = new DerReader(spki);
    DerReader info = outer.enter(Der.SEQUENCE);
    outer.expectEnd();
    Curve curve = readAlgorithm(info.enter(Der.SEQUENCE));
    return new PublicPoint(curve, curve.decode(info.bitString()));
  }

  static PrivateScalar readPkcs8(byte[] pkcs8) throws CryptoFault {
    DerReader info = new DerReader(pkcs8).enter(Der.SEQUENCE);
    info.integer();
    Curve curve = readAlgorithm(info.enter(Der.SEQUENCE));
    return readSec1(new DerReader(info.content(Der.OCTET_STRING)).enter(Der.SEQUENCE), curve);
  }

  /** RFC 5915, with the curve named inside. */
  static PrivateScalar readSec1(byte[] sec1) throws CryptoFault {
    DerReader probe = new DerReader(sec1).enter(Der.SEQUENCE);
    probe.integer();
    probe.content(Der.OCTET_STRING);
    Curve curve = Curve.withObjectId(probe.enter(Der.CONTEXT_0).content(Der.OBJECT_ID));
    return readSec1(new DerReader(sec1).enter(Der.SEQUENCE), curve);
  }

  private static PrivateScalar readSec1(DerReader key, Curve curve) throws CryptoFault {
    key.integer();
    BigInteger scalar = new BigInteger(1, key.content(Der.OCTET_STRING));
    if (key.nextIs(Der.CONTEXT_0)) {
      key.whole();
    }
    PrivateScalar read = privateKey(curve, scalar);
    if (key.nextIs(Der.CONTEXT_1)
        && !Arrays.equals(key.enter(Der.CONTEXT_1).bitString(), curve.encode(read.point()))) {
      throw CryptoFault.data("The public key does not belong to the private key");
    }
    return read;
  }

  private static Curve readAlgorithm(DerReader algorithm) throws CryptoFault {
    if (!Arrays.equals(algorithm.content(Der.OBJECT_ID), OBJECT_ID)) {
      throw CryptoFault.data("The key is not an EC key");
    }
    return Curve.withObjectId(algorithm.content(Der.OBJECT_ID));
  }

  static PrivateScalar privateKey(Curve curve, BigInteger scalar) throws CryptoFault {
    return new PrivateScalar(curve, scalar, curve.publicPoint(scalar));
  }

  static PublicPoint publicFromJwk(Curve curve, String x, String y) throws CryptoFault {
    byte[] encoded = new byte[1 + 2 * curve.size()];
    encoded[0] = 4;
    System.arraycopy(coordinate(curve, x), 0, encoded, 1, curve.size());
    System.arraycopy(coordinate(curve, y), 0, encoded, 1 + curve.size(), curve.size());
    return new PublicPoint(curve, curve.decode(encoded));
  }

  static PrivateScalar privateFromJwk(Curve curve, String x, String y, String d)
      throws CryptoFault {
    PrivateScalar key = privateKey(curve, new BigInteger(1, coordinate(curve, d)));
    if (!publicFromJwk(curve, x, y).point().equals(key.point())) {
      throw CryptoFault.data("The public key does not belong to the private key");
    }
    return key;
  }

  // RFC 7518 §6.2.1.2: a coordinate has the full length of the curve.
  private static byte[] coordinate(Curve curve, String text) throws CryptoFault {
    byte[] bytes = Base64Url.decode(text);
    if (bytes.length != curve.size()) {
      throw CryptoFault.data("A JWK coordinate has the wrong length");
    }
    return bytes;
  }

  static ECPublicKey jca(PublicPoint key) throws GeneralSecurityException {
    var spec = new ECPublicKeySpec(key.point(), key.curve().parameters());
    return (ECPublicKey) KeyFactory.getInstance("EC").generatePublic(spec);
  }

  static ECPrivateKey jca(PrivateScalar key) throws GeneralSecurityException {
    var spec = new ECPrivateKeySpec(key.scalar(), key.curve().parameters());
    return (ECPrivateKey) KeyFactory.getInstance("EC").generatePrivate(spec);
  }
}
