package dev.cambio.gateway.stream;

import dev.cambio.gateway.config.StartupException;
import io.vertx.core.net.TrustOptions;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.util.Collection;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509TrustManager;
import org.jspecify.annotations.Nullable;

/** The certificate authorities of the system and of a file together. */
final class WebhookTrust {
  private WebhookTrust() {}

  static TrustOptions withSystem(Path file) {
    try {
      KeyStore all = KeyStore.getInstance(KeyStore.getDefaultType());
      all.load(null, null);
      for (X509Certificate authority : system()) {
        all.setCertificateEntry("system-" + all.size(), authority);
      }
      for (Certificate authority : read(file)) {
        all.setCertificateEntry("file-" + all.size(), authority);
      }
      return TrustOptions.wrap(manager(factory(all)));
    } catch (GeneralSecurityException | IOException e) {
      throw new StartupException("logs.webhook-ca-file: " + file + " cannot be used", e);
    }
  }

  private static Collection<? extends Certificate> read(Path file)
      throws GeneralSecurityException, IOException {
    try (InputStream pem = Files.newInputStream(file)) {
      return CertificateFactory.getInstance("X.509").generateCertificates(pem);
    }
  }

  private static X509Certificate[] system() throws GeneralSecurityException {
    return manager(factory(null)).getAcceptedIssuers();
  }

  private static TrustManagerFactory factory(@Nullable KeyStore store)
      throws GeneralSecurityException {
    TrustManagerFactory factory =
        TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
    factory.init(store);
    return factory;
  }

  private static X509TrustManager manager(TrustManagerFactory factory)
      throws GeneralSecurityException {
    for (TrustManager manager : factory.getTrustManagers()) {
      if (manager instanceof X509TrustManager x509) {
        return x509;
      }
    }
    throw new GeneralSecurityException("no trust manager for X.509");
  }
}
