package dev.cambio.gateway.http;

import dev.cambio.gateway.config.StartupException;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.net.PemKeyCertOptions;
import java.io.IOException;
import java.io.StringReader;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.Signature;
import java.security.cert.CertificateException;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import org.bouncycastle.asn1.pkcs.PrivateKeyInfo;
import org.bouncycastle.asn1.x9.X9ObjectIdentifiers;
import org.bouncycastle.cert.X509CertificateHolder;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.openssl.PEMEncryptedKeyPair;
import org.bouncycastle.openssl.PEMKeyPair;
import org.bouncycastle.openssl.PEMParser;
import org.bouncycastle.openssl.PKCS8Generator;
import org.bouncycastle.openssl.jcajce.JcaPEMKeyConverter;
import org.bouncycastle.openssl.jcajce.JcaPEMWriter;
import org.bouncycastle.pkcs.PKCS8EncryptedPrivateKeyInfo;

/**
 * The certificate and key of the TLS listener.
 *
 * @param certificateFile where the certificate is, for clients to trust if it is self-signed
 * @param certificate the chain, the server's first, in PEM
 * @param key in PEM and PKCS#8, whatever form the file has: the server reads not every form
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
    List<X509CertificateHolder> chain = certificates(certificateFile);
    PrivateKey key = privateKey(keyFile);
    X509CertificateHolder server = chain.getFirst();
    if (clock.instant().isAfter(server.getNotAfter().toInstant())) {
      throw problem(
          CERTIFICATE_FILE, certificateFile, "expired at " + server.getNotAfter().toInstant());
    }
    if (clock.instant().isBefore(server.getNotBefore().toInstant())) {
      throw problem(
          CERTIFICATE_FILE,
          certificateFile,
          "is not valid before " + server.getNotBefore().toInstant());
    }
    if (!fit(key, publicKey(certificateFile, server))) {
      throw problem(KEY_FILE, keyFile, "is not the key of the certificate");
    }
    return new TlsIdentity(
        certificateFile, pem(chain), pem(List.of(PrivateKeyInfo.getInstance(key.getEncoded()))));
  }

  private static List<X509CertificateHolder> certificates(Path file) {
    List<X509CertificateHolder> chain = new ArrayList<>();
    for (Object object : objects(CERTIFICATE_FILE, file)) {
      if (object instanceof X509CertificateHolder certificate) {
        chain.add(certificate);
      }
    }
    if (chain.isEmpty()) {
      throw problem(CERTIFICATE_FILE, file, "holds no certificate in PEM");
    }
    return chain;
  }

  private static PublicKey publicKey(Path file, X509CertificateHolder certificate) {
    try {
      return new JcaX509CertificateConverter().getCertificate(certificate).getPublicKey();
    } catch (CertificateException e) {
      throw problem(CERTIFICATE_FILE, file, "holds no certificate in PEM");
    }
  }

  private static PrivateKey privateKey(Path file) {
    JcaPEMKeyConverter converter =
        new JcaPEMKeyConverter()
            .setAlgorithmMapping(X9ObjectIdentifiers.id_ecPublicKey, "EC"); // as the JDK calls it
    for (Object object : objects(KEY_FILE, file)) {
      try {
        if (object instanceof PrivateKeyInfo info) {
          return converter.getPrivateKey(info);
        }
        if (object instanceof PEMKeyPair pair) {
          return converter.getPrivateKey(pair.getPrivateKeyInfo());
        }
      } catch (IOException e) {
        throw problem(KEY_FILE, file, "holds a key that is damaged or of no known type");
      }
      if (object instanceof PEMEncryptedKeyPair || object instanceof PKCS8EncryptedPrivateKeyInfo) {
        throw problem(KEY_FILE, file, "has a password; give a file without");
      }
    }
    throw problem(KEY_FILE, file, "holds no private key in PEM");
  }

  /** Everything in the file; a key is often preceded by its parameters. */
  private static List<Object> objects(String setting, Path file) {
    byte[] bytes;
    try {
      bytes = Files.readAllBytes(file);
    } catch (IOException e) {
      throw problem(setting, file, "is not readable");
    }
    List<Object> objects = new ArrayList<>();
    try (PEMParser parser =
        new PEMParser(new StringReader(new String(bytes, StandardCharsets.ISO_8859_1)))) {
      for (Object object = parser.readObject(); object != null; object = parser.readObject()) {
        objects.add(object);
      }
    } catch (IOException | RuntimeException e) { // the parser throws either for broken content
      throw problem(setting, file, "is not valid PEM");
    }
    return objects;
  }

  private static byte[] pem(List<?> objects) {
    StringWriter text = new StringWriter();
    try (JcaPEMWriter writer = new JcaPEMWriter(text)) {
      for (Object object : objects) {
        writer.writeObject(
            object instanceof PrivateKeyInfo key ? new PKCS8Generator(key, null) : object);
      }
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
    return text.toString().getBytes(StandardCharsets.US_ASCII);
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
