package dev.cambio.model.net;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.util.Collection;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509TrustManager;
import org.jspecify.annotations.Nullable;

/** Who may vouch for servers that are called. */
public final class TrustedAuthorities {
  private TrustedAuthorities() {}

  /**
   * The certificate authorities of the system and of a file together.
   *
   * @param file certificates in PEM, at least one
   */
  public static X509TrustManager withSystem(Path file)
      throws GeneralSecurityException, IOException {
    KeyStore all = KeyStore.getInstance(KeyStore.getDefaultType());
    all.load(null, null);
    for (X509Certificate authority : manager(factory(null)).getAcceptedIssuers()) {
      all.setCertificateEntry("system-" + all.size(), authority);
    }
    for (Certificate authority : read(file)) {
      all.setCertificateEntry("file-" + all.size(), authority);
    }
    return manager(factory(all));
  }

  private static Collection<? extends Certificate> read(Path file)
      throws GeneralSecurityException, IOException {
    try (InputStream pem = Files.newInputStream(file)) {
      Collection<? extends Certificate> given =
          CertificateFactory.getInstance("X.509").generateCertificates(pem);
      if (given.isEmpty()) {
        throw new CertificateException("no certificate");
      }
      return given;
    }
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
