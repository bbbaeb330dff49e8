package dev.cambio.gateway.key;

import java.io.IOException;
import java.io.StringWriter;
import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.Date;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x500.X500NameBuilder;
import org.bouncycastle.asn1.x500.style.BCStyle;
import org.bouncycastle.cert.X509CertificateHolder;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.openssl.jcajce.JcaPEMWriter;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;

/**
 * A fresh signing key with a self-signed certificate.
 *
 * @param type RSA with 2048 bits, P-256 or Ed25519
 * @param kid 32 base64url characters, random
 * @param certificatePem X.509, the tenant's domain as common name
 * @param pkcs8 the private key; to be sealed at once
 */
public record NewSigningKey(KeyType type, String kid, String certificatePem, byte[] pkcs8) {
  private static final Duration VALIDITY = Duration.ofDays(5113);
  private static final int SERIAL_BITS = 64;
  private static final int KID_BYTES = 24;

  /** Makes one; with RSA that costs some hundred milliseconds. */
  public static NewSigningKey generate(
      KeyType type, String domain, Clock clock, SecureRandom random) {
    try {
      KeyPair pair = type.generate(random);
      byte[] kid = new byte[KID_BYTES];
      random.nextBytes(kid);
      return new NewSigningKey(
          type,
          Base64.getUrlEncoder().withoutPadding().encodeToString(kid),
          pem(certificate(type, pair, domain, clock.instant(), random)),
          pair.getPrivate().getEncoded());
    } catch (GeneralSecurityException | OperatorCreationException | IOException e) {
      throw new IllegalStateException("cannot make a signing key", e);
    }
  }

  private static X509CertificateHolder certificate(
      KeyType type, KeyPair pair, String domain, Instant now, SecureRandom random)
      throws OperatorCreationException {
    X500Name name = new X500NameBuilder(BCStyle.INSTANCE).addRDN(BCStyle.CN, domain).build();
    return new JcaX509v3CertificateBuilder(
            name,
            new BigInteger(SERIAL_BITS, random),
            Date.from(now),
            Date.from(now.plus(VALIDITY)),
            name,
            pair.getPublic())
        .build(new JcaContentSignerBuilder(type.certificateAlgorithm()).build(pair.getPrivate()));
  }

  private static String pem(X509CertificateHolder certificate) throws IOException {
    StringWriter text = new StringWriter();
    try (JcaPEMWriter writer = new JcaPEMWriter(text)) {
      writer.writeObject(certificate);
    }
    return text.toString();
  }

  /** The private key stays out. */
  @Override
  public String toString() {
    return "NewSigningKey[" + kid + "]";
  }
}
