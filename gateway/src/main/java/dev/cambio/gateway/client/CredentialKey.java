package dev.cambio.gateway.client;

import dev.cambio.gateway.key.Jwks;
import java.io.IOException;
import java.io.StringReader;
import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.MessageDigest;
import java.security.PublicKey;
import java.security.interfaces.RSAPublicKey;
import java.security.spec.RSAPublicKeySpec;
import java.security.spec.X509EncodedKeySpec;
import java.time.Instant;
import java.util.Base64;
import java.util.HexFormat;
import java.util.Optional;
import org.bouncycastle.asn1.x509.SubjectPublicKeyInfo;
import org.bouncycastle.cert.X509CertificateHolder;
import org.bouncycastle.util.io.pem.PemObject;
import org.bouncycastle.util.io.pem.PemReader;

/**
 * The public key of a client that signs its assertions ({@code private_key_jwt}), read from PEM
 * (contract management-api §2.3).
 *
 * @param key RSA of 2048 to 8192 bits
 * @param certificateExpiry when the certificate ends, if the PEM held one
 * @param certificateThumbprint SHA-256 in hexadecimal, if the PEM held a certificate
 */
public record CredentialKey(
    RSAPublicKey key, Optional<Instant> certificateExpiry, Optional<String> certificateThumbprint) {
  /** rsaEncryption; keys restricted to RSASSA-PSS would not fit every algorithm. */
  private static final String RSA_ALGORITHM = "1.2.840.113549.1.1.1";

  private static final int MIN_BITS = 2048;
  private static final int MAX_BITS = 8192;
  private static final BigInteger MAX_EXPONENT = BigInteger.ONE.shiftLeft(256);
  private static final Base64.Encoder LINES = Base64.getMimeEncoder(64, new byte[] {'\n'});

  /**
   * Reads one public key or one certificate; a private key is refused.
   *
   * @throws IllegalArgumentException with a reason that repeats nothing of the text
   */
  public static CredentialKey parse(String pem) {
    PemObject object = only(pem);
    try {
      return switch (object.getType()) {
        case "PUBLIC KEY" ->
            new CredentialKey(
                rsa(SubjectPublicKeyInfo.getInstance(object.getContent())),
                Optional.empty(),
                Optional.empty());
        case "RSA PUBLIC KEY" ->
            new CredentialKey(rsaOfPkcs1(object.getContent()), Optional.empty(), Optional.empty());
        case "CERTIFICATE", "X509 CERTIFICATE" -> ofCertificate(object.getContent());
        default -> throw notAKey(object.getType());
      };
    } catch (IOException | GeneralSecurityException | ClassCastException e) {
      throw new IllegalArgumentException("Not a readable public key or certificate", e);
    }
  }

  private static IllegalArgumentException notAKey(String type) {
    return new IllegalArgumentException(
        type.endsWith("PRIVATE KEY")
            ? "A private key must stay with the client; give its public key"
            : "Neither a public key nor a certificate in PEM");
  }

  private static PemObject only(String pem) {
    try (PemReader reader = new PemReader(new StringReader(pem))) {
      PemObject first = reader.readPemObject();
      if (first == null) {
        throw new IllegalArgumentException("Neither a public key nor a certificate in PEM");
      }
      if (reader.readPemObject() != null) {
        throw new IllegalArgumentException("More than one PEM object");
      }
      return first;
    } catch (IOException | RuntimeException e) {
      throw e instanceof IllegalArgumentException known && known.getCause() == null
          ? known
          : new IllegalArgumentException("Neither a public key nor a certificate in PEM", e);
    }
  }

  private static CredentialKey ofCertificate(byte[] der)
      throws IOException, GeneralSecurityException {
    X509CertificateHolder certificate = new X509CertificateHolder(der);
    String thumbprint =
        HexFormat.of()
            .formatHex(MessageDigest.getInstance("SHA-256").digest(certificate.getEncoded()));
    return new CredentialKey(
        rsa(certificate.getSubjectPublicKeyInfo()),
        Optional.of(certificate.getNotAfter().toInstant()),
        Optional.of(thumbprint));
  }

  private static RSAPublicKey rsaOfPkcs1(byte[] der) throws IOException, GeneralSecurityException {
    org.bouncycastle.asn1.pkcs.RSAPublicKey key =
        org.bouncycastle.asn1.pkcs.RSAPublicKey.getInstance(der);
    return checked(
        KeyFactory.getInstance("RSA")
            .generatePublic(
                new RSAPublicKeySpec(
                    key.getModulus(), key.getPublicExponent())));
  }

  private static RSAPublicKey rsa(SubjectPublicKeyInfo info)
      throws IOException, GeneralSecurityException {
    String algorithm = info.getAlgorithm().getAlgorithm().getId();
    if (!algorithm.equals(RSA_ALGORITHM)) {
      throw new IllegalArgumentException("The algorithm needs an RSA key");
    }
    return checked(
        KeyFactory.getInstance("RSA").generatePublic(new X509EncodedKeySpec(info.getEncoded())));
  }

  private static RSAPublicKey checked(PublicKey key) {
    RSAPublicKey rsa = (RSAPublicKey) key;
    int bits = rsa.getModulus().bitLength();
    if (bits < MIN_BITS || bits > MAX_BITS) {
      throw new IllegalArgumentException(
          "An RSA key must have %d to %d bits, not %d".formatted(MIN_BITS, MAX_BITS, bits));
    }
    BigInteger exponent = rsa.getPublicExponent();
    if (!exponent.testBit(0)
        || exponent.compareTo(BigInteger.TWO) <= 0
        || exponent.compareTo(MAX_EXPONENT) >= 0) {
      throw new IllegalArgumentException("The RSA key's exponent is not acceptable");
    }
    return rsa;
  }

  /** The thumbprint of the key (RFC 7638), for credentials that come without a key id. */
  public String keyId() {
    return Jwks.thumbprint(key);
  }

  /** The key as {@code PUBLIC KEY}, whatever it came as. */
  public String pem() {
    return "-----BEGIN PUBLIC KEY-----\n"
        + LINES.encodeToString(key.getEncoded())
        + "\n-----END PUBLIC KEY-----\n";
  }
}
