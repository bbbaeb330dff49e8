package dev.cambio.gateway.key;

import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.SecureRandom;
import java.security.spec.AlgorithmParameterSpec;
import java.security.spec.ECGenParameterSpec;
import java.security.spec.NamedParameterSpec;
import java.security.spec.RSAKeyGenParameterSpec;
import java.util.Arrays;
import java.util.List;

/**
 * The kinds of signing key that a tenant has, and the algorithms that each signs with. RSA is
 * Auth0's; ES256 (RFC 7518 §3.4) and EdDSA with Ed25519 (RFC 8037 §3.1) are our own addition.
 */
public enum KeyType {
  RSA("RSA", "SHA256withRSA"),
  EC("EC", "SHA256withECDSA"),
  OKP("Ed25519", "Ed25519");

  private final String jcaName;
  private final String certificateAlgorithm;

  KeyType(String jcaName, String certificateAlgorithm) {
    this.jcaName = jcaName;
    this.certificateAlgorithm = certificateAlgorithm;
  }

  /** Every algorithm with which a tenant's key signs. */
  public static List<String> allAlgorithms() {
    return Arrays.stream(values()).flatMap(type -> type.algorithms().stream()).toList();
  }

  /**
   * The kind of key that signs with an algorithm.
   *
   * @throws IllegalArgumentException if none does
   */
  public static KeyType of(String algorithm) {
    return Arrays.stream(values())
        .filter(type -> type.signs(algorithm))
        .findFirst()
        .orElseThrow(() -> new IllegalArgumentException("no key signs with " + algorithm));
  }

  /** Whether keys of this kind sign with the algorithm. */
  public boolean signs(String algorithm) {
    return algorithms().contains(algorithm);
  }

  /** First the one that the JWK names. */
  List<String> algorithms() {
    return switch (this) {
      case RSA -> List.of("RS256", "RS512", "PS256");
      case EC -> List.of("ES256");
      case OKP -> List.of("EdDSA");
    };
  }

  /** Names of {@link java.security.KeyFactory} and {@link KeyPairGenerator}. */
  String jcaName() {
    return jcaName;
  }

  /** How the certificate of such a key signs itself. */
  String certificateAlgorithm() {
    return certificateAlgorithm;
  }

  KeyPair generate(SecureRandom random) throws GeneralSecurityException {
    KeyPairGenerator generator = KeyPairGenerator.getInstance(jcaName);
    generator.initialize(parameters(), random);
    return generator.generateKeyPair();
  }

  private AlgorithmParameterSpec parameters() {
    return switch (this) {
      case RSA -> new RSAKeyGenParameterSpec(2048, RSAKeyGenParameterSpec.F4);
      case EC -> new ECGenParameterSpec("secp256r1");
      case OKP -> NamedParameterSpec.ED25519;
    };
  }
}
