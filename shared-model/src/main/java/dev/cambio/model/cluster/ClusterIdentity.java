package dev.cambio.model.cluster;

import io.vertx.core.buffer.Buffer;
import io.vertx.core.eventbus.EventBusOptions;
import io.vertx.core.http.ClientAuth;
import io.vertx.core.net.PfxOptions;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.cert.Certificate;
import java.security.spec.PKCS8EncodedKeySpec;
import java.time.Instant;
import java.util.Date;
import java.util.Set;
import javax.crypto.KDF;
import javax.crypto.spec.HKDFParameterSpec;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.TrustManagerFactory;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.SubjectPublicKeyInfo;
import org.bouncycastle.cert.X509v1CertificateBuilder;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.crypto.params.Ed25519PrivateKeyParameters;
import org.bouncycastle.crypto.util.PrivateKeyInfoFactory;
import org.bouncycastle.crypto.util.SubjectPublicKeyInfoFactory;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;

/**
 * What members prove with that they have the cluster secret: an Ed25519 key derived from it and a
 * certificate of that key, the same on every member and the only one that they trust. Both sides of
 * a connection show it (TLS 1.3), so whoever has not the secret neither joins nor is joined. Safe
 * for use by many threads.
 */
final class ClusterIdentity {
  private static final String TLS = "TLSv1.3";

  /** By then a connection has shown who it is from, or is closed. */
  static final long HANDSHAKE_SECONDS = 5;

  private static final String ALIAS = "cambio";

  /** Key stores want one; these never leave the process. */
  private static final String PASSWORD = "in memory only";

  private final KeyStore own;
  private final KeyStore trusted;
  private final SSLContext context;

  /**
   * Derives the identity.
   *
   * @param secret the cluster secret
   */
  ClusterIdentity(byte[] secret) {
    try {
      byte[] seed = derive(secret);
      Ed25519PrivateKeyParameters parameters = new Ed25519PrivateKeyParameters(seed);
      SubjectPublicKeyInfo info =
          SubjectPublicKeyInfoFactory.createSubjectPublicKeyInfo(parameters.generatePublicKey());
      PrivateKey key =
          KeyFactory.getInstance("Ed25519")
              .generatePrivate(
                  new PKCS8EncodedKeySpec(
                      PrivateKeyInfoFactory.createPrivateKeyInfo(parameters).getEncoded()));
      Certificate certificate = certificate(key, info);
      own = empty();
      own.setKeyEntry(ALIAS, key, PASSWORD.toCharArray(), new Certificate[] {certificate});
      trusted = empty();
      trusted.setCertificateEntry(ALIAS, certificate);
      context = context();
    } catch (GeneralSecurityException | OperatorCreationException | IOException e) {
      throw new IllegalStateException("Ed25519 or TLS 1.3 is not available", e);
    }
  }

  /** What every member shows. */
  Certificate certificate() throws GeneralSecurityException {
    return trusted.getCertificate(ALIAS);
  }

  /** One side of a connection; the other must prove to have the secret too. */
  SSLEngine engine(boolean client) {
    SSLEngine engine = context.createSSLEngine();
    engine.setUseClientMode(client);
    engine.setNeedClientAuth(!client);
    engine.setEnabledProtocols(new String[] {TLS});
    return engine;
  }

  /** Has the event bus prove and demand the same. */
  EventBusOptions secure(EventBusOptions options) {
    options.setSsl(true).setClientAuth(ClientAuth.REQUIRED).setTrustAll(false);
    options.setKeyCertOptions(store(own)).setTrustOptions(store(trusted));
    options.setEnabledSecureTransportProtocols(Set.of(TLS));
    options.setSslHandshakeTimeout(HANDSHAKE_SECONDS);
    return options;
  }

  private static byte[] derive(byte[] secret) throws GeneralSecurityException {
    HKDFParameterSpec parameters =
        HKDFParameterSpec.ofExtract()
            .addIKM(secret)
            .addSalt("cambio cluster tls 1".getBytes(StandardCharsets.US_ASCII))
            .thenExpand(new byte[0], Ed25519PrivateKeyParameters.KEY_SIZE);
    return KDF.getInstance("HKDF-SHA256").deriveData(parameters);
  }

  /** The same bytes on every member, since Ed25519 signs without randomness; it never expires. */
  private static Certificate certificate(PrivateKey key, SubjectPublicKeyInfo info)
      throws OperatorCreationException, GeneralSecurityException {
    X500Name name = new X500Name("CN=cambio cluster");
    X509v1CertificateBuilder builder =
        new X509v1CertificateBuilder(
            name,
            BigInteger.ONE,
            Date.from(Instant.parse("2000-01-01T00:00:00Z")),
            Date.from(Instant.parse("9999-12-31T23:59:59Z")),
            name,
            info);
    return new JcaX509CertificateConverter()
        .getCertificate(builder.build(new JcaContentSignerBuilder("Ed25519").build(key)));
  }

  private static KeyStore empty() throws GeneralSecurityException, IOException {
    KeyStore store = KeyStore.getInstance("PKCS12");
    store.load(null, null);
    return store;
  }

  private SSLContext context() throws GeneralSecurityException {
    KeyManagerFactory keys = KeyManagerFactory.getInstance("PKIX");
    keys.init(own, PASSWORD.toCharArray());
    TrustManagerFactory trust = TrustManagerFactory.getInstance("PKIX");
    trust.init(trusted);
    SSLContext made = SSLContext.getInstance(TLS);
    made.init(keys.getKeyManagers(), trust.getTrustManagers(), null);
    return made;
  }

  private static PfxOptions store(KeyStore store) {
    try (ByteArrayOutputStream bytes = new ByteArrayOutputStream()) {
      store.store(bytes, PASSWORD.toCharArray());
      return new PfxOptions().setValue(Buffer.buffer(bytes.toByteArray())).setPassword(PASSWORD);
    } catch (GeneralSecurityException | IOException e) {
      throw new IllegalStateException("PKCS #12 is not available", e);
    }
  }
}
