package dev.cambio.gateway.key;

import java.security.cert.X509Certificate;
import java.security.interfaces.RSAPublicKey;

/**
 * A signing key of a tenant, its public half.
 *
 * @param kid key id
 * @param certificate self-signed; carries the public key
 */
public record SigningKey(String kid, X509Certificate certificate) {

  public RSAPublicKey publicKey() {
    return (RSAPublicKey) certificate.getPublicKey();
  }
}
