package dev.cambio.gateway.client;

import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import javax.security.auth.x500.X500Principal;

/**
 * A TLS client certificate as the edge saw it.
 *
 * @param vouched whether the edge verified that an authority which it trusts issued it
 */
public record ClientCertificate(X509Certificate certificate, boolean vouched) {

  /** What a client's certificate must be. */
  record Rule(Optional<String> subject, Optional<String> thumbprint, Optional<Instant> expiresAt) {}

  /**
   * Reads PEM.
   *
   * @throws GeneralSecurityException if it holds no certificate
   */
  static ClientCertificate read(String pem, boolean vouched) throws GeneralSecurityException {
    return new ClientCertificate(
        (X509Certificate)
            CertificateFactory.getInstance("X.509")
                .generateCertificate(
                    new ByteArrayInputStream(pem.getBytes(StandardCharsets.US_ASCII))),
        vouched);
  }

  /** Whether one of the rules is met now (RFC 8705 §2). */
  boolean meets(List<Rule> rules, Instant now) {
    return rules.stream().anyMatch(rule -> meets(rule, now));
  }

  private boolean meets(Rule rule, Instant now) {
    boolean inTime =
        !certificate.getNotAfter().toInstant().isBefore(now)
            && !certificate.getNotBefore().toInstant().isAfter(now)
            && rule.expiresAt().map(now::isBefore).orElse(true);
    boolean subject =
        vouched
            && rule.subject()
                .map(X500Principal::new)
                .map(certificate.getSubjectX500Principal()::equals)
                .orElse(false);
    boolean itself =
        rule.thumbprint().map(HexFormat.of().formatHex(digest())::equals).orElse(false);
    return inTime && (subject || itself);
  }

  /** SHA-256 in base64url, {@code cnf["x5t#S256"]} of tokens. */
  public String thumbprint() {
    return Base64.getUrlEncoder().withoutPadding().encodeToString(digest());
  }

  private byte[] digest() {
    try {
      return MessageDigest.getInstance("SHA-256").digest(certificate.getEncoded());
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("a certificate that was read cannot be written", e);
    }
  }

  @Override
  public String toString() {
    return "ClientCertificate[" + certificate.getSubjectX500Principal() + "]";
  }
}
