package dev.cambio.gateway.management;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.cambio.gateway.client.CredentialKey;
import java.time.DateTimeException;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.Optional;
import javax.security.auth.x500.X500Principal;

/** A credential as it is stored, from what was given. */
final class CredentialPayload {
  private static final String EXPIRES_AT = "expires_at";
  private static final String SUBJECT_DN = "subject_dn";

  private CredentialPayload() {}

  /**
   * Checks a credential.
   *
   * @param at where the body is, for complaints: empty or ending in a dot
   */
  static ObjectNode of(Call call, ObjectNode body, String at) {
    String type = body.path("credential_type").asText();
    ObjectNode payload = JsonNodeFactory.instance.objectNode().put("credential_type", type);
    if (body.has("name")) {
      payload.put("name", body.path("name").asText());
    }
    if (type.equals("cert_subject_dn") && body.has(SUBJECT_DN)) {
      String name = subject(body.path(SUBJECT_DN).asText(), at);
      return payload.put("kid", name).put(SUBJECT_DN, name);
    }
    CredentialKey key = key(body, at);
    if (type.equals("public_key")) {
      describeKey(payload, body, key, at);
    } else {
      describeCertificate(payload, key, at);
    }
    expiry(call, body, key, at).ifPresent(date -> payload.put(EXPIRES_AT, Dates.text(date)));
    return payload;
  }

  private static void describeKey(
      ObjectNode payload, ObjectNode body, CredentialKey key, String at) {
    String algorithm = body.path("alg").asText("RS256");
    if (!key.fits(algorithm)) {
      throw ManagementException.invalidBody(
          new Violation(at + "alg", "The key does not fit the algorithm " + algorithm));
    }
    payload
        .put("kid", body.path("kid").asText(key.keyId()))
        .put("alg", algorithm)
        .put("pem", key.pem());
    key.certificateThumbprint().ifPresent(print -> payload.put("thumbprint_sha256", print));
  }

  private static void describeCertificate(ObjectNode payload, CredentialKey key, String at) {
    String thumbprint =
        key.certificateThumbprint()
            .orElseThrow(
                () ->
                    ManagementException.invalidBody(
                        new Violation(at + "pem", "Must be a certificate for this type")));
    if (payload.path("credential_type").asText().equals("cert_subject_dn")) {
      String name = key.certificateSubject().orElseThrow();
      payload.put("kid", name).put(SUBJECT_DN, name);
    } else {
      payload.put("kid", thumbprint).put("thumbprint_sha256", thumbprint);
    }
  }

  private static String subject(String name, String at) {
    try {
      return new X500Principal(name).getName();
    } catch (IllegalArgumentException e) {
      throw ManagementException.invalidBody(
          new Violation(at + SUBJECT_DN, "Not a distinguished name (RFC 4514)"));
    }
  }

  private static CredentialKey key(ObjectNode body, String at) {
    try {
      return CredentialKey.parse(body.path("pem").asText());
    } catch (CredentialKey.Unusable e) {
      throw ManagementException.invalidBody(new Violation(at + "pem", e.reason()));
    }
  }

  private static Optional<OffsetDateTime> expiry(
      Call call, ObjectNode body, CredentialKey key, String at) {
    boolean fromCertificate = body.path("parse_expiry_from_cert").asBoolean(false);
    if (fromCertificate && body.has(EXPIRES_AT)) {
      throw ManagementException.invalidBody(
          new Violation(at + EXPIRES_AT, "Not allowed beside parse_expiry_from_cert"));
    }
    if (!fromCertificate) {
      return body.has(EXPIRES_AT)
          ? Optional.of(future(call, body.path(EXPIRES_AT), at))
          : Optional.empty();
    }
    return Optional.of(
        key.certificateExpiry()
            .map(end -> end.atOffset(ZoneOffset.UTC))
            .filter(end -> end.isAfter(call.now()))
            .orElseThrow(
                () ->
                    ManagementException.invalidBody(
                        new Violation(
                            at + "parse_expiry_from_cert",
                            "The PEM holds no certificate that is still valid"))));
  }

  static OffsetDateTime future(Call call, JsonNode text, String at) {
    try {
      OffsetDateTime date = OffsetDateTime.parse(text.asText()).truncatedTo(ChronoUnit.MILLIS);
      if (date.isAfter(call.now()) && date.getYear() < 10_000) {
        return date;
      }
    } catch (DateTimeException e) {
      // Fall through to the one complaint.
    }
    throw ManagementException.invalidBody(
        new Violation(at + EXPIRES_AT, "Expected a date and time in the future"));
  }
}
