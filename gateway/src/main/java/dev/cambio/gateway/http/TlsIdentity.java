package dev.cambio.gateway.http;

import dev.cambio.gateway.config.StartupException;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.net.PemKeyCertOptions;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.StringReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.Signature;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.time.Clock;
import java.util.Collection;
import org.bouncycastle.asn1.pkcs.PrivateKeyInfo;
import org.bouncycastle.asn1.x9.X9ObjectIdentifiers;
import org.bouncycastle.openssl.PEMKeyPair;
import org.bouncycastle.openssl.PEMParser;
import org.bouncycastle.openssl.jcajce.JcaPEMKeyConverter;

/**
 * The certificate and key of the TLS listener.
 *
 * @param certificateFile where the certificate is, for clients to trust if it is self-signed
 */
public record TlsIdentity(Path certificateFile, byte[] certificate, byte[] key) {
  static final String CERTIFICATE_FILE = "tls.certificate-file";
  static final String KEY_FILE = "tls.key-file";

  /**
   * Reads PEM files and sees that they fit.
   *
   * @param certificateFile the server's certificate first, then those that vouch for it
   * @throws StartupException naming the setting and the file
   */
  public static TlsIdentity read(Path certificateFile, Path keyFile, Clock clock) {
    byte[] certificate = bytes(CERTIFICATE_FILE, certificateFile);
    byte[] key = bytes(KEY_FILE, keyFile);
    X509Certificate server = server(certificateFile, certificate);
    if (clock.instant().isAfter(server.getNotAfter().toInstant())) {
      throw problem(
          CERTIFICATE_FILE, certificateFile, "expired at " + server.getNotAfter().toInstant());
    }
    if (!fit(privateKey(keyFile, key), server.getPublicKey())) {
      throw problem(KEY_FILE, keyFile, "is not the key of the certificate");
    }
    return new TlsIdentity(certificateFile, certificate, key);
  }

  private static byte[] bytes(String setting, Path file) {
    try {
      return Files.readAllBytes(file);
    } catch (IOException e) {
      throw problem(setting, file, "is not readable");
    }
  }

  private static X509Certificate server(Path file, byte[] pem) {
    try {
      Collection<? extends java.security.cert.Certificate> chain =
          CertificateFactory.getInstance("X.509")
              .generateCertificates(new ByteArrayInputStream(pem));
      return (X509Certificate) chain.stream().findFirst().orElseThrow(CertificateException::new);
    } catch (CertificateException e) {
      throw problem(CERTIFICATE_FILE, file, "holds no certificate in PEM");
    }
  }

  private static PrivateKey privateKey(Path file, byte[] pem) {
    JcaPEMKeyConverter converter =
        new JcaPEMKeyConverter()
            .setAlgorithmMapping(X9ObjectIdentifiers.id_ecPublicKey, "EC"); // as the JDK calls it
    try (PEMParser parser =
        new PEMParser(new StringReader(new String(pem, StandardCharsets.US_ASCII)))) {
      for (Object object = parser.readObject(); object != null; object = parser.readObject()) {
        if (object instanceof PrivateKeyInfo info) {
          return converter.getPrivateKey(info);
        }
        if (object instanceof PEMKeyPair pair) {
          return converter.getKeyPair(pair).getPrivate();
        }
      }
    } catch (IOException e) {
      throw problem(KEY_FILE, file, "holds no private key in PEM");
    }
    throw problem(KEY_FILE, file, "holds no private key in PEM without a password");
  }

  /** Whether what one signs, the other verifies. */
  private static boolean fit(PrivateKey privateKey, PublicKey publicKey) {
    String algorithm =
        switch (privateKey.getAlgorithm()) {
          case "RSA" -> "SHA256withRSA";
          case "EC", "ECDSA" -> "SHA256withECDSA";
          default -> privateKey.getAlgorithm();
        };
    try {
      byte[] sample = "cambio".getBytes(StandardCharsets.US_ASCII);
      Signature signer = Signature.getInstance(algorithm);
      signer.initSign(privateKey);
      signer.update(sample);
      byte[] signature = signer.sign();
      Signature verifier = Signature.getInstance(algorithm);
      verifier.initVerify(publicKey);
      verifier.update(sample);
      return verifier.verify(signature);
    } catch (GeneralSecurityException e) {
      return false;
    }
  }

  private static StartupException problem(String setting, Path file, String problem) {
    return new StartupException("%s: %s %s".formatted(setting, file, problem));
  }

  PemKeyCertOptions options() {
    return new PemKeyCertOptions()
        .addCertValue(Buffer.buffer(certificate))
        .addKeyValue(Buffer.buffer(key));
  }

  /** The key stays out. */
  @Override
  public String toString() {
    return "TlsIdentity[" + certificateFile + "]";
  }
}
