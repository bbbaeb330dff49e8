package dev.cambio.gateway.key;

import java.security.cert.X509Certificate;
import java.security.interfaces.RSAPublicKey;

/**
 * A signing key of a tenant, its public half.
 *
 * @param kid key id
 * @param current whether tokens are signed with it now
 * @param certificate self-signed; carries the public key
 */
public record SigningKey(String kid, boolean current, X509Certificate certificate) {

  public RSAPublicKey publicKey() {
    return (RSAPublicKey) certificate.getPublicKey();
  }
}
