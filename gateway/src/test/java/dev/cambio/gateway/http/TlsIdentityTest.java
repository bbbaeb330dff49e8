package dev.cambio.gateway.http;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.cambio.gateway.AdjustableClock;
import dev.cambio.gateway.config.StartupException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@DisplayName("Certificate and key of the TLS listener")
class TlsIdentityTest {
  private final AdjustableClock clock = new AdjustableClock(Instant.parse("2026-11-23T12:00:00Z"));
  private final SecureRandom random = new SecureRandom();
  @TempDir private Path directory;

  private TlsIdentity selfSigned(String name) {
    return SelfSignedCertificate.in(directory.resolve(name), random, clock);
  }

  @Test
  @DisplayName("the self-signed one is kept, and its key is its owner's alone")
  void keeps() throws IOException {
    TlsIdentity first = selfSigned("tls");

    assertThat(selfSigned("tls").certificate()).isEqualTo(first.certificate());
    assertThat(
            PosixFilePermissions.toString(
                Files.getPosixFilePermissions(directory.resolve("tls/key.pem"))))
        .isEqualTo("rw-------");
    assertThat(first.toString()).doesNotContain("KEY");
  }

  @Test
  @DisplayName("the self-signed one is made anew when it ends within a month or is damaged")
  void renews() throws IOException {
    TlsIdentity first = selfSigned("tls");
    clock.advance(Duration.ofDays(800));
    TlsIdentity second = selfSigned("tls");
    Files.writeString(second.certificateFile(), "damaged");
    TlsIdentity third = selfSigned("tls");

    assertThat(second.certificate()).isNotEqualTo(first.certificate());
    assertThat(third.certificate()).isNotEqualTo(second.certificate());
  }

  @Test
  @DisplayName("what is wrong with an operator's files is said with setting and file")
  void explains() throws IOException {
    selfSigned("one");
    selfSigned("two");
    Path certificate = directory.resolve("one/certificate.pem");
    Path key = directory.resolve("one/key.pem");
    Path nonsense = Files.write(directory.resolve("nonsense"), "nonsense".getBytes(US_ASCII));
    Path missing = directory.resolve("missing");

    assertThat(TlsIdentity.read(certificate, key, clock).certificateFile()).isEqualTo(certificate);
    assertRefused(missing, key, "tls.certificate-file: " + missing + " is not readable");
    assertRefused(certificate, missing, "tls.key-file: " + missing + " is not readable");
    assertRefused(
        nonsense, key, "tls.certificate-file: " + nonsense + " holds no certificate in PEM");
    assertRefused(
        certificate,
        nonsense,
        "tls.key-file: " + nonsense + " holds no private key in PEM without a password");
    Path other = directory.resolve("two/key.pem");
    assertRefused(
        certificate, other, "tls.key-file: " + other + " is not the key of the certificate");
    clock.advance(Duration.ofDays(900));
    assertThatThrownBy(() -> TlsIdentity.read(certificate, key, clock))
        .isInstanceOf(StartupException.class)
        .hasMessageStartingWith("tls.certificate-file: " + certificate + " expired at 20");
  }

  private void assertRefused(Path certificate, Path key, String message) {
    assertThatThrownBy(() -> TlsIdentity.read(certificate, key, clock))
        .isInstanceOf(StartupException.class)
        .hasMessage(message);
  }
}
