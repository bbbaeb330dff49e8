package dev.cambio.gateway.management;

import java.io.IOException;
import java.io.StringReader;
import java.io.StringWriter;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import org.bouncycastle.cert.X509CertificateHolder;
import org.bouncycastle.cms.CMSAbsentContent;
import org.bouncycastle.cms.CMSException;
import org.bouncycastle.cms.CMSSignedDataGenerator;
import org.bouncycastle.openssl.PEMParser;
import org.bouncycastle.util.CollectionStore;
import org.bouncycastle.util.io.pem.PemObject;
import org.bouncycastle.util.io.pem.PemWriter;

/** A certificate in the forms that the Management API shows it in. */
final class CertificateText {
  private final X509CertificateHolder certificate;

  private CertificateText(X509CertificateHolder certificate) {
    this.certificate = certificate;
  }

  static CertificateText of(String pem) {
    try (PEMParser parser = new PEMParser(new StringReader(pem))) {
      return new CertificateText((X509CertificateHolder) parser.readObject());
    } catch (IOException e) {
      throw new IllegalStateException("a stored certificate is not readable", e);
    }
  }

  /** SHA-1 of the certificate in hexadecimal. */
  String thumbprint() {
    try {
      byte[] digest = MessageDigest.getInstance("SHA-1").digest(certificate.getEncoded());
      return HexFormat.of().formatHex(digest).toUpperCase(Locale.ROOT);
    } catch (GeneralSecurityException | IOException e) {
      throw new IllegalStateException(e);
    }
  }

  /** The same with a colon between octets. */
  String fingerprint() {
    return thumbprint().replaceAll("(?<=\\G..)(?=.)", ":");
  }

  /** Its subject, e.g. {@code /CN=tenant.example}. */
  String subject() {
    return "/" + certificate.getSubject().toString().replace(",", "/");
  }

  /** PKCS #7 with the certificate and nothing else, in PEM. */
  String pkcs7() {
    StringWriter text = new StringWriter();
    try (PemWriter writer = new PemWriter(text)) {
      CMSSignedDataGenerator generator = new CMSSignedDataGenerator();
      generator.addCertificates(new CollectionStore<>(List.of(certificate)));
      byte[] der = generator.generate(new CMSAbsentContent()).getEncoded();
      writer.writeObject(new PemObject("PKCS7", der));
    } catch (IOException | CMSException e) {
      throw new IllegalStateException(e);
    }
    return text.toString();
  }
}
