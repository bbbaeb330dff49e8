package dev.cambio.runtime.guest.crypto;

import java.math.BigInteger;
import java.security.spec.ECPoint;

/**
 * Multiplies a point of a curve with a = -3, in Jacobian coordinates. Used once per imported
 * private key to find or check its public point, which the JCA does not offer. The time it takes
 * depends on the key, which is the guest's own and not ours to protect from it.
 */
final class PointMultiplication {
  private static final BigInteger THREE = BigInteger.valueOf(3);

  private final BigInteger p;

  PointMultiplication(BigInteger prime) {
    this.p = prime;
  }

  /** x/z², y/z³; z = 0 is the point at infinity. */
  private record Jacobian(BigInteger x, BigInteger y, BigInteger z) {
    boolean isInfinite() {
      return z.signum() == 0;
    }
  }

  /** The scalar is at least 1 and less than the order of the point. */
  ECPoint multiply(ECPoint point, BigInteger scalar) {
    Jacobian base = new Jacobian(point.getAffineX(), point.getAffineY(), BigInteger.ONE);
    Jacobian sum = base;
    for (int bit = scalar.bitLength() - 2; bit >= 0; bit--) {
      sum = twice(sum);
      if (scalar.testBit(bit)) {
        sum = add(sum, base);
      }
    }
    BigInteger inverse = sum.z().modInverse(p);
    BigInteger square = inverse.multiply(inverse).mod(p);
    return new ECPoint(
        sum.x().multiply(square).mod(p), sum.y().multiply(square).multiply(inverse).mod(p));
  }

  private Jacobian twice(Jacobian a) {
    if (a.isInfinite()) {
      return a;
    }
    BigInteger delta = a.z().multiply(a.z()).mod(p);
    BigInteger gamma = a.y().multiply(a.y()).mod(p);
    BigInteger beta = a.x().multiply(gamma).mod(p);
    BigInteger alpha = THREE.multiply(a.x().subtract(delta)).multiply(a.x().add(delta)).mod(p);
    BigInteger x = alpha.multiply(alpha).subtract(beta.shiftLeft(3)).mod(p);
    BigInteger y =
        alpha
            .multiply(beta.shiftLeft(2).subtract(x))
            .subtract(gamma.multiply(gamma).shiftLeft(3))
            .mod(p);
    BigInteger z = a.y().multiply(a.z()).shiftLeft(1).mod(p);
    return new Jacobian(x, y, z);
  }

  /** Adds an affine point (b.z = 1). */
  private Jacobian add(Jacobian a, Jacobian b) {
    if (a.isInfinite()) {
      return b;
    }
    BigInteger zz = a.z().multiply(a.z()).mod(p);
    BigInteger h = b.x().multiply(zz).subtract(a.x()).mod(p);
    BigInteger r = b.y().multiply(zz).multiply(a.z()).subtract(a.y()).mod(p);
    if (h.signum() == 0) {
      return r.signum() == 0
          ? twice(a)
          : new Jacobian(BigInteger.ONE, BigInteger.ONE, BigInteger.ZERO);
    }
    BigInteger hh = h.multiply(h).mod(p);
    BigInteger hhh = h.multiply(hh).mod(p);
    BigInteger v = a.x().multiply(hh).mod(p);
    BigInteger x = r.multiply(r).subtract(hhh).subtract(v.shiftLeft(1)).mod(p);
    BigInteger y = r.multiply(v.subtract(x)).subtract(a.y().multiply(hhh)).mod(p);
    return new Jacobian(x, y, a.z().multiply(h).mod(p));
  }
}
