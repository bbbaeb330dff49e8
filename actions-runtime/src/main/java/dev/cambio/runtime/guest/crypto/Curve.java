package dev.cambio.runtime.guest.crypto;

import java.math.BigInteger;
import java.security.AlgorithmParameters;
import java.security.GeneralSecurityException;
import java.security.spec.ECFieldFp;
import java.security.spec.ECGenParameterSpec;
import java.security.spec.ECParameterSpec;
import java.security.spec.ECPoint;
import java.util.Arrays;
import java.util.List;

/**
 * A NIST curve.
 *
 * @param name as WebCrypto and JWK write it
 * @param objectId content of its object identifier
 * @param size length of a coordinate in bytes
 * @param parameters the curve as the JCA knows it
 */
record Curve(String name, byte[] objectId, int size, ECParameterSpec parameters) {
  private static final List<Curve> ALL =
      List.of(
          of(
              "P-256",
              "secp256r1",
              32,
              new byte[] {0x2a, (byte) 0x86, 0x48, (byte) 0xce, 0x3d, 3, 1, 7}),
          of("P-384", "secp384r1", 48, new byte[] {0x2b, (byte) 0x81, 4, 0, 0x22}),
          of("P-521", "secp521r1", 66, new byte[] {0x2b, (byte) 0x81, 4, 0, 0x23}));

  private static final BigInteger THREE = BigInteger.valueOf(3);

  static Curve named(String name) throws CryptoFault {
    for (Curve curve : ALL) {
      if (curve.name.equals(name)) {
        return curve;
      }
    }
    throw CryptoFault.notSupported("Unrecognized namedCurve: " + name);
  }

  static Curve withObjectId(byte[] objectId) throws CryptoFault {
    for (Curve curve : ALL) {
      if (Arrays.equals(curve.objectId, objectId)) {
        return curve;
      }
    }
    throw CryptoFault.data("The key is not on a supported curve");
  }

  /** Refuses a point that is not on the curve: computing with one can give a private key away. */
  ECPoint checked(ECPoint point) throws CryptoFault {
    BigInteger p = prime();
    BigInteger x = point.getAffineX();
    BigInteger y = point.getAffineY();
    boolean inField =
        x.signum() >= 0 && y.signum() >= 0 && x.compareTo(p) < 0 && y.compareTo(p) < 0;
    if (!inField || !y.multiply(y).mod(p).equals(ySquared(x))) {
      throw CryptoFault.data("The point is not on the curve " + name);
    }
    return point;
  }

  // All three curves have a = -3.
  private BigInteger ySquared(BigInteger x) {
    return x.multiply(x).subtract(THREE).multiply(x).add(parameters.getCurve().getB()).mod(prime());
  }

  // SEC 1 §2.3.4; all three primes are 3 modulo 4, which makes the root a power.
  private ECPoint decompressed(BigInteger x, boolean odd) throws CryptoFault {
    BigInteger p = prime();
    BigInteger root = ySquared(x).modPow(p.add(BigInteger.ONE).shiftRight(2), p);
    return checked(new ECPoint(x, root.testBit(0) == odd ? root : p.subtract(root)));
  }

  /** The public point of a private key. */
  ECPoint publicPoint(BigInteger scalar) throws CryptoFault {
    if (scalar.signum() <= 0 || scalar.compareTo(parameters.getOrder()) >= 0) {
      throw CryptoFault.data("The private key is not valid on the curve " + name);
    }
    return new PointMultiplication(prime()).multiply(parameters.getGenerator(), scalar);
  }

  /** A point without compression: 4, x, y (SEC 1 §2.3.3). Read are both forms. */
  byte[] encode(ECPoint point) {
    byte[] encoded = new byte[1 + 2 * size];
    encoded[0] = 4;
    System.arraycopy(Base64Url.fixed(point.getAffineX(), size), 0, encoded, 1, size);
    System.arraycopy(Base64Url.fixed(point.getAffineY(), size), 0, encoded, 1 + size, size);
    return encoded;
  }

  ECPoint decode(byte[] encoded) throws CryptoFault {
    if (encoded.length == 1 + size && (encoded[0] == 2 || encoded[0] == 3)) {
      return decompressed(new BigInteger(1, encoded, 1, size), encoded[0] == 3);
    }
    if (encoded.length != 1 + 2 * size || encoded[0] != 4) {
      throw CryptoFault.data("The point is not a point of the curve " + name);
    }
    return checked(
        new ECPoint(
            new BigInteger(1, encoded, 1, size), new BigInteger(1, encoded, 1 + size, size)));
  }

  private BigInteger prime() {
    return ((ECFieldFp) parameters.getCurve().getField()).getP();
  }

  private static Curve of(String name, String jcaName, int size, byte[] objectId) {
    try {
      AlgorithmParameters parameters = AlgorithmParameters.getInstance("EC");
      parameters.init(new ECGenParameterSpec(jcaName));
      return new Curve(name, objectId, size, parameters.getParameterSpec(ECParameterSpec.class));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("the JDK lacks the curve " + jcaName, e);
    }
  }
}
