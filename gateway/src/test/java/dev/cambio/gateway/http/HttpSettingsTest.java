package dev.cambio.gateway.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.cambio.gateway.http.HttpSettings.Files;
import dev.cambio.gateway.http.HttpSettings.Tls;
import dev.cambio.model.config.Settings;
import dev.cambio.model.config.SettingsException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class HttpSettingsTest {
  private static final Map<String, String> FILES =
      Map.of("https.port", "0", "tls.certificate-file", "c.pem", "tls.key-file", "k.pem");

  @Test
  void withoutAPortThereIsNoTlsListener() {
    assertThat(read(Map.of()).tls()).isEmpty();
  }

  @Test
  void portZeroIsAPort() {
    assertThat(read(FILES).tls())
        .contains(new Tls(0, Optional.of(new Files(Path.of("c.pem"), Path.of("k.pem")))));
  }

  @ParameterizedTest
  @CsvSource({"false, false, false", "false, true, true", "true, false, true"})
  void plainHttpIsForQuickstartAndProxies(String quickstart, String proxy, boolean served) {
    Map<String, String> settings = new HashMap<>(FILES);
    settings.put("quickstart", quickstart);
    settings.put("http.behind-tls-proxy", proxy);
    settings.put("http.trusted-proxies", "192.0.2.1");

    assertThat(read(settings).plain()).isEqualTo(served);
  }

  @Test
  void aPortNeedsACertificateAndItsKey() {
    assertRefused(
        Map.of("https.port", "8443"),
        "tls.certificate-file is required: a PEM file, since https.port is given (in quickstart,"
            + " tls.self-signed=true will do)");
    assertRefused(
        Map.of("https.port", "8443", "tls.certificate-file", "c.pem"),
        "tls.key-file is required: a PEM file, as its counterpart is given");
    assertRefused(
        Map.of("https.port", "8443", "tls.key-file", "k.pem"),
        "tls.certificate-file is required: a PEM file, as its counterpart is given");
  }

  @Test
  void aCertificateNeedsAPort() {
    String message = "https.port is required: the port at which the certificate is to be shown";

    assertRefused(Map.of("quickstart", "true", "tls.self-signed", "true"), message);
    assertRefused(Map.of("tls.certificate-file", "c.pem", "tls.key-file", "k.pem"), message);
  }

  @Test
  void selfSignedIsForQuickstartOnly() {
    assertRefused(
        Map.of("https.port", "8443", "tls.self-signed", "true"),
        "test: tls.self-signed is 'true', but must be false outside quickstart: nobody vouches for"
            + " such a key");
  }

  @Test
  void selfSignedAndFilesContradictEachOther() {
    Map<String, String> both = new HashMap<>(FILES);
    both.put("quickstart", "true");
    both.put("tls.self-signed", "true");

    assertRefused(
        both,
        "test: tls.self-signed is 'true', but must be false where tls.certificate-file is given");
  }

  private static HttpSettings read(Map<String, String> texts) {
    Map<String, Settings.Value> values = new HashMap<>();
    texts.forEach((key, text) -> values.put(key, new Settings.Value(text, "test")));
    return HttpSettings.from(new Settings(values));
  }

  private static void assertRefused(Map<String, String> texts, String message) {
    assertThatExceptionOfType(SettingsException.class)
        .isThrownBy(() -> read(texts))
        .withMessage(message);
  }
}
