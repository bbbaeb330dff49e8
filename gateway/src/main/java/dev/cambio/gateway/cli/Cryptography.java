package dev.cambio.gateway.cli;

import com.amazon.corretto.crypto.provider.AmazonCorrettoCryptoProvider;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The JCA provider in force. Signatures are most of what a token costs. */
final class Cryptography {
  private static final Logger LOG = LoggerFactory.getLogger(Cryptography.class);

  private Cryptography() {}

  /**
   * Puts the native provider first where its library loads. What it lacks is found in the JDK's
   * providers behind it.
   */
  static void install() {
    try {
      AmazonCorrettoCryptoProvider provider = AmazonCorrettoCryptoProvider.INSTANCE;
      if (provider.getLoadingError() != null) {
        LOG.info("cryptography: the JDK's ({})", provider.getLoadingError().getMessage());
        return;
      }
      AmazonCorrettoCryptoProvider.install();
      provider.assertHealthy();
      LOG.info("cryptography: native ({})", provider.getInfo().lines().findFirst().orElse(""));
    } catch (LinkageError | RuntimeException e) {
      LOG.info("cryptography: the JDK's ({})", e.toString());
    }
  }
}
