package dev.cambio.gateway.http;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.cambio.gateway.client.CredentialKey;
import dev.cambio.gateway.dpop.DpopVerifier;
import dev.cambio.gateway.key.KeyType;
import dev.cambio.model.oauth.GrantTypes;
import java.util.List;
import java.util.stream.Stream;

/**
 * {@code /.well-known/openid-configuration}: what is implemented, nothing else (contract §11.1).
 */
final class Discovery {
  private static final List<String> METHODS =
      List.of("client_secret_basic", "client_secret_post", "private_key_jwt", "none");
  private static final List<String> GRANTS =
      List.of(GrantTypes.TOKEN_EXCHANGE, GrantTypes.CLIENT_CREDENTIALS, GrantTypes.REFRESH_TOKEN);
  private static final List<String> MFA_GRANTS =
      List.of(GrantTypes.MFA_OTP, GrantTypes.MFA_OOB, GrantTypes.MFA_RECOVERY_CODE);
  private static final List<String> TLS_METHODS =
      List.of("tls_client_auth", "self_signed_tls_client_auth");

  private Discovery() {}

  /**
   * The document.
   *
   * @param takesCertificates whether clients may authenticate by mutual TLS
   * @param asksForFactors whether the tenant has set up a second factor
   */
  static ObjectNode document(String issuer, boolean takesCertificates, boolean asksForFactors) {
    ObjectNode document = JsonNodeFactory.instance.objectNode();
    document
        .put("issuer", issuer)
        .put("token_endpoint", issuer + "oauth/token")
        .put("userinfo_endpoint", issuer + "userinfo")
        .put("revocation_endpoint", issuer + "oauth/revoke")
        .put("introspection_endpoint", issuer + "oauth/introspect")
        .put("jwks_uri", issuer + ".well-known/jwks.json");
    if (asksForFactors) {
      document.put("mfa_challenge_endpoint", issuer + "mfa/challenge");
    }
    put(
        document,
        "grant_types_supported",
        asksForFactors ? Stream.concat(GRANTS.stream(), MFA_GRANTS.stream()).toList() : GRANTS);
    List<String> methods =
        takesCertificates
            ? Stream.concat(METHODS.stream(), TLS_METHODS.stream()).toList()
            : METHODS;
    put(document, "token_endpoint_auth_methods_supported", methods);
    put(document, "revocation_endpoint_auth_methods_supported", methods);
    put(
        document,
        "introspection_endpoint_auth_methods_supported",
        methods.stream().filter(method -> !method.equals("none")).toList());
    if (takesCertificates) {
      document.put("tls_client_certificate_bound_access_tokens", true);
    }
    for (String endpoint : List.of("token", "revocation", "introspection")) {
      put(
          document,
          endpoint + "_endpoint_auth_signing_alg_values_supported",
          CredentialKey.ALGORITHMS);
    }
    put(
        document,
        "scopes_supported",
        List.of("openid", "profile", "email", "phone", "offline_access"));
    put(document, "response_types_supported", List.of());
    put(document, "subject_types_supported", List.of("public"));
    put(
        document,
        "id_token_signing_alg_values_supported",
        Stream.concat(Stream.of("HS256"), KeyType.allAlgorithms().stream()).toList());
    put(document, "dpop_signing_alg_values_supported", DpopVerifier.ALGORITHMS);
    put(
        document,
        "claims_supported",
        List.of(
            "aud",
            "act",
            "email",
            "email_verified",
            "exp",
            "family_name",
            "given_name",
            "iat",
            "iss",
            "name",
            "nickname",
            "phone_number",
            "phone_number_verified",
            "picture",
            "sub",
            "updated_at"));
    document.put("request_parameter_supported", false);
    document.put("request_uri_parameter_supported", false);
    return document;
  }

  private static void put(ObjectNode document, String member, List<String> values) {
    ArrayNode array = document.putArray(member);
    values.forEach(array::add);
  }
}
