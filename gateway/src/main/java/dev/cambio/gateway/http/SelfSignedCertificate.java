package dev.cambio.gateway.http;

import dev.cambio.gateway.config.StartupException;
import dev.cambio.gateway.disk.Access;
import java.io.IOException;
import java.io.StringWriter;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.SecureRandom;
import java.security.spec.ECGenParameterSpec;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Date;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.ExtendedKeyUsage;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.asn1.x509.KeyPurposeId;
import org.bouncycastle.asn1.x509.KeyUsage;
import org.bouncycastle.cert.X509CertificateHolder;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.openssl.jcajce.JcaPEMWriter;
import org.bouncycastle.openssl.jcajce.JcaPKCS8Generator;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;

/**
 * The certificate of quickstart's TLS listener: for this machine's own names, signed by itself,
 * kept so that clients which trust its file need not be told again.
 */
public final class SelfSignedCertificate {
  private static final Duration VALIDITY = Duration.ofDays(825);
  private static final Duration RENEWAL = Duration.ofDays(30);
  private static final X500Name NAME = new X500Name("CN=Cambio quickstart");

  private SelfSignedCertificate() {}

  /**
   * The kept certificate, or a new one if there is none, it is damaged, or it ends within a month.
   *
   * @throws StartupException if the directory cannot be written
   */
  public static TlsIdentity in(Path directory, SecureRandom random, Clock clock) {
    Path certificate = directory.resolve("certificate.pem");
    Path key = directory.resolve("key.pem");
    try {
      return TlsIdentity.read(certificate, key, Clock.offset(clock, RENEWAL));
    } catch (StartupException e) {
      make(certificate, key, random, clock.instant());
      return TlsIdentity.read(certificate, key, clock);
    }
  }

  private static void make(Path certificate, Path key, SecureRandom random, Instant now) {
    try {
      KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
      generator.initialize(new ECGenParameterSpec("secp256r1"), random);
      KeyPair pair = generator.generateKeyPair();
      Files.createDirectories(certificate.toAbsolutePath().getParent(), Access.OWNER.directory());
      write(key, pem(new JcaPKCS8Generator(pair.getPrivate(), null)));
      write(certificate, pem(certificate(pair, random, now)));
    } catch (GeneralSecurityException | OperatorCreationException e) {
      throw new IllegalStateException("cannot make a certificate", e);
    } catch (IOException e) {
      throw new StartupException("data-dir: cannot keep " + certificate, e);
    }
  }

  /** Vouches for itself, so that a client may be given it as the authority to trust. */
  private static X509CertificateHolder certificate(KeyPair pair, SecureRandom random, Instant now)
      throws OperatorCreationException, IOException {
    GeneralName[] names = {
      new GeneralName(GeneralName.dNSName, "localhost"),
      new GeneralName(GeneralName.iPAddress, "127.0.0.1"),
      new GeneralName(GeneralName.iPAddress, "::1")
    };
    return new JcaX509v3CertificateBuilder(
            NAME,
            new BigInteger(Long.SIZE, random),
            Date.from(now.minus(Duration.ofHours(1))),
            Date.from(now.plus(VALIDITY)),
            NAME,
            pair.getPublic())
        .addExtension(Extension.subjectAlternativeName, false, new GeneralNames(names))
        .addExtension(Extension.basicConstraints, true, new BasicConstraints(true))
        .addExtension(
            Extension.keyUsage,
            true,
            new KeyUsage(KeyUsage.digitalSignature | KeyUsage.keyCertSign))
        .addExtension(
            Extension.extendedKeyUsage, false, new ExtendedKeyUsage(KeyPurposeId.id_kp_serverAuth))
        .build(new JcaContentSignerBuilder("SHA256withECDSA").build(pair.getPrivate()));
  }

  private static String pem(Object object) throws IOException {
    StringWriter text = new StringWriter();
    try (JcaPEMWriter writer = new JcaPEMWriter(text)) {
      writer.writeObject(object);
    }
    return text.toString();
  }

  private static void write(Path file, String text) throws IOException {
    Path fresh =
        Files.createTempFile(file.toAbsolutePath().getParent(), "tls", ".new", Access.OWNER.file());
    Files.write(fresh, text.getBytes(StandardCharsets.US_ASCII));
    Files.move(fresh, file, StandardCopyOption.REPLACE_EXISTING);
  }
}
