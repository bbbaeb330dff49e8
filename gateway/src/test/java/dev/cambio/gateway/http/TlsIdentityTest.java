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
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
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
        certificate, nonsense, "tls.key-file: " + nonsense + " holds no private key in PEM");
    Path other = directory.resolve("two/key.pem");
    assertRefused(
        certificate, other, "tls.key-file: " + other + " is not the key of the certificate");
    assertRefused(
        key, certificate, "tls.certificate-file: " + key + " holds no certificate in PEM");
    String text = Files.readString(certificate);
    Path broken = Files.writeString(directory.resolve("broken"), text.replace("MII", "AAA"));
    assertRefused(broken, key, "tls.certificate-file: " + broken + " is not valid PEM");
    clock.advance(Duration.ofDays(-1));
    assertThatThrownBy(() -> TlsIdentity.read(certificate, key, clock))
        .isInstanceOf(StartupException.class)
        .hasMessageStartingWith("tls.certificate-file: " + certificate + " is not valid before 20");
    clock.advance(Duration.ofDays(900));
    assertThatThrownBy(() -> TlsIdentity.read(certificate, key, clock))
        .isInstanceOf(StartupException.class)
        .hasMessageStartingWith("tls.certificate-file: " + certificate + " expired at 20");
  }

  @Test
  @DisplayName("a key may have any form that OpenSSL writes, except with a password")
  void readsEveryForm() throws Exception {
    Path certificate = directory.resolve("c.pem");
    Path key = directory.resolve("k.pem");
    openssl("ecparam -name prime256v1 -genkey -out " + key);
    openssl("req -x509 -new -subj /CN=t -days 2 -key " + key + " -out " + certificate);
    assertThat(Files.readString(key)).contains("EC PARAMETERS", "BEGIN EC PRIVATE KEY");
    Clock now = Clock.systemUTC();
    TlsIdentity elliptic = TlsIdentity.read(certificate, key, now);
    assertThat(new String(elliptic.key(), US_ASCII)).startsWith("-----BEGIN PRIVATE KEY");

    Path pkcs8 = directory.resolve("p8.pem");
    openssl("pkcs8 -topk8 -nocrypt -in " + key + " -out " + pkcs8);
    assertThat(TlsIdentity.read(certificate, pkcs8, now).key()).hasSizeGreaterThan(100);
    for (String form : new String[] {"pkcs8 -topk8 -v2 aes128", "ec -aes128"}) {
      Path secret = directory.resolve("secret.pem");
      openssl(form + " -passout pass:secret -in " + key + " -out " + secret);
      assertThatThrownBy(() -> TlsIdentity.read(certificate, secret, now))
          .hasMessage("tls.key-file: " + secret + " has a password; give a file without");
    }

    Path rsa = directory.resolve("rsa.pem");
    openssl("genrsa -traditional -out " + rsa + " 2048");
    openssl("req -x509 -new -subj /CN=t -days 2 -key " + rsa + " -out " + certificate);
    assertThat(Files.readString(rsa)).contains("BEGIN RSA PRIVATE KEY");
    Files.writeString(certificate, Files.readString(certificate).repeat(2));
    assertThat(TlsIdentity.read(certificate, rsa, now).certificate())
        .asString(US_ASCII)
        .containsSubsequence("BEGIN CERTIFICATE", "BEGIN CERTIFICATE");
    assertThatThrownBy(() -> TlsIdentity.read(certificate, key, now))
        .hasMessage("tls.key-file: " + key + " is not the key of the certificate");
  }

  private static void openssl(String arguments) throws IOException, InterruptedException {
    List<String> command = new ArrayList<>(List.of("openssl"));
    command.addAll(List.of(arguments.split(" ", -1)));
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    String output = new String(process.getInputStream().readAllBytes(), US_ASCII);
    assertThat(process.waitFor()).as(output).isZero();
  }

  private void assertRefused(Path certificate, Path key, String message) {
    assertThatThrownBy(() -> TlsIdentity.read(certificate, key, clock))
        .isInstanceOf(StartupException.class)
        .hasMessage(message);
  }
}
