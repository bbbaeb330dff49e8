package dev.cambio.gateway.client;

import dev.cambio.gateway.key.Jwks;
import java.io.IOException;
import java.io.StringReader;
import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.MessageDigest;
import java.security.PublicKey;
import java.security.interfaces.ECPublicKey;
import java.security.interfaces.RSAPublicKey;
import java.security.spec.RSAPublicKeySpec;
import java.security.spec.X509EncodedKeySpec;
import java.time.Instant;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import javax.security.auth.x500.X500Principal;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.x509.SubjectPublicKeyInfo;
import org.bouncycastle.asn1.x9.ECNamedCurveTable;
import org.bouncycastle.cert.X509CertificateHolder;
import org.bouncycastle.util.io.pem.PemObject;
import org.bouncycastle.util.io.pem.PemReader;

/**
 * The public key of a client that signs its assertions ({@code private_key_jwt}), read from PEM
 * (contract management-api §2.3).
 *
 * @param key RSA of 2048 to 8192 bits, or on the curve P-256 or P-384
 * @param certificateExpiry when the certificate ends, if the PEM held one
 * @param certificateThumbprint SHA-256 in hexadecimal, if the PEM held a certificate
 * @param certificateSubject its distinguished name (RFC 2253), likewise
 */
public record CredentialKey(
    PublicKey key,
    Optional<Instant> certificateExpiry,
    Optional<String> certificateThumbprint,
    Optional<String> certificateSubject) {
  /** Algorithms of assertions, and for keys on a curve the size that they need. */
  public static final List<String> ALGORITHMS =
      List.of("RS256", "RS384", "PS256", "PS384", "ES256", "ES384");

  private static final Map<String, Integer> CURVE_BITS = Map.of("ES256", 256, "ES384", 384);

  /** Keys restricted to RSASSA-PSS would not fit every algorithm, so they are no RSA here. */
  private static final Map<String, String> FAMILIES =
      Map.of("1.2.840.113549.1.1.1", "RSA", "1.2.840.10045.2.1", "EC");

  private static final String NOT_PEM = "Neither a public key nor a certificate in PEM";
  private static final int MIN_BITS = 2048;
  private static final int MAX_BITS = 8192;
  private static final BigInteger MAX_EXPONENT = BigInteger.ONE.shiftLeft(256);
  private static final Base64.Encoder LINES = Base64.getMimeEncoder(64, new byte[] {'\n'});

  /** Thrown with the reason for which PEM cannot be used; it repeats nothing of the text. */
  public static final class Unusable extends Exception {
    private static final long serialVersionUID = 1L;

    private final String reason;

    Unusable(String reason) {
      super(reason, null, false, false);
      this.reason = reason;
    }

    public String reason() {
      return reason;
    }
  }

  /** Reads one public key or one certificate; a private key is refused. */
  public static CredentialKey parse(String pem) throws Unusable {
    PemObject object = only(pem);
    try {
      return switch (object.getType()) {
        case "PUBLIC KEY" -> bare(key(SubjectPublicKeyInfo.getInstance(object.getContent())));
        case "RSA PUBLIC KEY" -> bare(rsaOfPkcs1(object.getContent()));
        case "CERTIFICATE", "X509 CERTIFICATE" -> ofCertificate(object.getContent());
        default ->
            throw new Unusable(
                object.getType().endsWith("PRIVATE KEY")
                    ? "A private key must stay with the client; give its public key"
                    : NOT_PEM);
      };
    } catch (IOException | GeneralSecurityException | RuntimeException e) {
      // What the ASN.1 parser throws is of many kinds, and tells the caller nothing.
      throw new Unusable("Not a readable public key or certificate");
    }
  }

  private static PemObject only(String pem) throws Unusable {
    PemObject first;
    PemObject second;
    try (PemReader reader = new PemReader(new StringReader(pem))) {
      first = reader.readPemObject();
      second = reader.readPemObject();
    } catch (IOException | RuntimeException e) {
      throw new Unusable(NOT_PEM);
    }
    if (first == null) {
      throw new Unusable(NOT_PEM);
    }
    if (second != null) {
      throw new Unusable("More than one PEM object");
    }
    return first;
  }

  private static CredentialKey bare(PublicKey key) {
    return new CredentialKey(key, Optional.empty(), Optional.empty(), Optional.empty());
  }

  private static CredentialKey ofCertificate(byte[] der)
      throws IOException, GeneralSecurityException, Unusable {
    X509CertificateHolder certificate = new X509CertificateHolder(der);
    String thumbprint =
        HexFormat.of()
            .formatHex(MessageDigest.getInstance("SHA-256").digest(certificate.getEncoded()));
    return new CredentialKey(
        key(certificate.getSubjectPublicKeyInfo()),
        Optional.of(certificate.getNotAfter().toInstant()),
        Optional.of(thumbprint),
        Optional.of(new X500Principal(certificate.getSubject().getEncoded()).getName()));
  }

  private static RSAPublicKey rsaOfPkcs1(byte[] der)
      throws IOException, GeneralSecurityException, Unusable {
    org.bouncycastle.asn1.pkcs.RSAPublicKey key =
        org.bouncycastle.asn1.pkcs.RSAPublicKey.getInstance(der);
    return checked(
        KeyFactory.getInstance("RSA")
            .generatePublic(new RSAPublicKeySpec(key.getModulus(), key.getPublicExponent())));
  }

  private static PublicKey key(SubjectPublicKeyInfo info)
      throws IOException, GeneralSecurityException, Unusable {
    String family = FAMILIES.get(info.getAlgorithm().getAlgorithm().getId());
    if (family == null) {
      throw new Unusable("The algorithm needs an RSA or EC key");
    }
    PublicKey key =
        KeyFactory.getInstance(family).generatePublic(new X509EncodedKeySpec(info.getEncoded()));
    if (key instanceof ECPublicKey ec && !CURVE_BITS.containsValue(bits(ec))) {
      throw new Unusable("An EC key must be on the curve P-256 or P-384");
    }
    if (key instanceof RSAPublicKey rsa) {
      return checked(rsa);
    }
    requireOnCurve(info);
    return key;
  }

  /** Java reads any two numbers as a point; Bouncy Castle complains of those beside the curve. */
  private static void requireOnCurve(SubjectPublicKeyInfo info) {
    ASN1ObjectIdentifier curve =
        ASN1ObjectIdentifier.getInstance(info.getAlgorithm().getParameters());
    ECNamedCurveTable.getByOID(curve).getCurve().decodePoint(info.getPublicKeyData().getBytes());
  }

  private static int bits(ECPublicKey key) {
    return key.getParams().getCurve().getField().getFieldSize();
  }

  /** Whether assertions of that algorithm can be signed with it. */
  public boolean fits(String algorithm) {
    return switch (key) {
      case RSAPublicKey rsa -> !CURVE_BITS.containsKey(algorithm);
      case ECPublicKey ec -> Integer.valueOf(bits(ec)).equals(CURVE_BITS.get(algorithm));
      default -> false;
    };
  }

  private static RSAPublicKey checked(PublicKey key) throws Unusable {
    RSAPublicKey rsa = (RSAPublicKey) key;
    int bits = rsa.getModulus().bitLength();
    if (bits < MIN_BITS || bits > MAX_BITS) {
      throw new Unusable(
          "An RSA key must have %d to %d bits, not %d".formatted(MIN_BITS, MAX_BITS, bits));
    }
    BigInteger exponent = rsa.getPublicExponent();
    if (!exponent.testBit(0)
        || exponent.compareTo(BigInteger.TWO) <= 0
        || exponent.compareTo(MAX_EXPONENT) >= 0) {
      throw new Unusable("The RSA key's exponent is not acceptable");
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
