package dev.cambio.gateway.audience;

import java.util.Optional;

/**
 * What a request proves to have.
 *
 * @param key thumbprint of the key that signed its DPoP proof (RFC 9449)
 * @param certificate SHA-256 thumbprint of its TLS client certificate (RFC 8705)
 */
public record Possession(Optional<String> key, Optional<String> certificate) {
  public static final Possession NONE = new Possession(Optional.empty(), Optional.empty());
}
