package dev.cambio.gateway.key;

import java.security.PublicKey;
import java.security.cert.X509Certificate;

/**
 * A signing key of a tenant, its public half.
 *
 * @param kid key id
 * @param certificate self-signed; carries the public key
 */
public record SigningKey(String kid, KeyType type, X509Certificate certificate) {

  public PublicKey publicKey() {
    return certificate.getPublicKey();
  }
}
