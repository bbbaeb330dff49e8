package dev.cambio.e2e;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.CertificateFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;

/** HTTP clients that trust what a test node shows. */
public final class TestHttp {
  private static final HttpClient PLAIN =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

  private static final HttpClient PROXY =
      HttpClient.newBuilder()
          .version(HttpClient.Version.HTTP_1_1)
          .localAddress(InetAddress.ofLiteral(TestNode.PROXY))
          .build();

  private TestHttp() {}

  /** Connects as the trusted proxy does, by plain HTTP. */
  static HttpClient proxy() {
    return PROXY;
  }

  private static final class OfSharedNode {
    private static final HttpClient CLIENT =
        trusting(TestNode.shared().caFile(), HttpClient.Version.HTTP_1_1);
  }

  /** A client for that address; over TLS it trusts the shared node. */
  public static HttpClient clientFor(URI address) {
    return address.getScheme().equals("https") ? OfSharedNode.CLIENT : PLAIN;
  }

  /** A client that trusts the certificate in that file, and no other. */
  public static HttpClient trusting(Path caFile, HttpClient.Version version) {
    return HttpClient.newBuilder().version(version).sslContext(contextTrusting(caFile)).build();
  }

  static SSLContext contextTrusting(Path caFile) {
    try (InputStream pem = Files.newInputStream(caFile)) {
      KeyStore store = KeyStore.getInstance(KeyStore.getDefaultType());
      store.load(null, null);
      store.setCertificateEntry(
          "node", CertificateFactory.getInstance("X.509").generateCertificate(pem));
      TrustManagerFactory trust =
          TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
      trust.init(store);
      SSLContext context = SSLContext.getInstance("TLS");
      context.init(null, trust.getTrustManagers(), null);
      return context;
    } catch (IOException | GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }
}
