package dev.cambio.gateway.files;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.cambio.model.bus.Json;
import io.vertx.core.buffer.Buffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** APIs, and the tenant's Management API among them. */
record ResourceServerImport(ImportRun run) {
  private static final Schema SCHEMA =
      new Schema()
          .strings(
              "identifier",
              "name",
              "signing_alg",
              "signing_secret",
              "token_dialect",
              "consent_policy")
          .flags(
              "allow_offline_access",
              "allow_online_access",
              "enforce_policies",
              "skip_consent_for_verifiable_first_party_clients")
          .numbers("token_lifetime", "token_lifetime_for_web")
          .lists("scopes")
          .mappings("proof_of_possession", "subject_type_authorization")
          .opaque("token_encryption", "authorization_details", "authorization_policy");
  private static final Schema SCOPE = new Schema().strings("value", "description");
  private static final Schema SUBJECT_TYPES = new Schema().mappings("user", "client");
  private static final Schema POLICY = new Schema().strings("policy");
  private static final List<String> USER_POLICIES =
      List.of("allow_all", "deny_all", "require_client_grant");
  private static final List<String> CLIENT_POLICIES = List.of("deny_all", "require_client_grant");
  private static final List<String> ALGORITHMS = List.of("HS256", "RS256", "RS512", "PS256");
  private static final List<String> DIALECTS =
      List.of("access_token", "access_token_authz", "rfc9068_profile", "rfc9068_profile_authz");
  private static final int MAX_IDENTIFIER = 600;
  private static final int MAX_NAME = 200;
  private static final int MAX_SCOPE = 280;
  private static final int MAX_DESCRIPTION = 500;
  private static final int MIN_SECRET = 16;
  private static final int MAX_LIFETIME = 2_592_000;

  private static final String UPSERT =
      """
      insert into resource_server as r
        (tenant_id, id, identifier, payload, sealed_signing_secret, created_at, updated_at)
      values ($1, $2, $3, $4::text::jsonb, $5, $6, $6)
      on conflict (tenant_id, identifier) do update
      set payload = excluded.payload, sealed_signing_secret = excluded.sealed_signing_secret,
          updated_at = excluded.updated_at
      where (r.payload, r.sealed_signing_secret)
        is distinct from (excluded.payload, excluded.sealed_signing_secret)
      """;

  void importAll(Entry root, String managementAudience) {
    writeManagementApi(managementAudience);
    for (Entry entry : root.distinct("resourceServers", "identifier")) {
      check(entry);
      String identifier = entry.text("identifier");
      if (identifier.equals(managementAudience)) {
        throw entry.at("identifier").problem("The selected identifier is reserved.");
      }
      ObjectNode payload =
          entry.payload(defaults(identifier), Set.of("identifier", "signing_secret"));
      write(identifier, payload, entry.optionalText("signing_secret"));
    }
  }

  private static void check(Entry entry) {
    SCHEMA.check(entry);
    entry.length("identifier", 1, MAX_IDENTIFIER);
    entry.length("name", 1, MAX_NAME);
    entry.oneOf("signing_alg", ALGORITHMS);
    entry.oneOf("token_dialect", DIALECTS);
    entry.length("signing_secret", MIN_SECRET, Integer.MAX_VALUE);
    entry.range("token_lifetime", 0, MAX_LIFETIME);
    entry.range("token_lifetime_for_web", 0, MAX_LIFETIME);
    for (Entry scope : entry.distinct("scopes", "value")) {
      SCOPE.check(scope);
      if (scope.text("value").matches(".*\\s.*")) {
        throw scope.at("value").problem("must not contain spaces");
      }
      scope.length("value", 1, MAX_SCOPE);
      scope.length("description", 0, MAX_DESCRIPTION);
    }
    Entry subjects = entry.object("subject_type_authorization");
    SUBJECT_TYPES.check(subjects);
    checkPolicy(subjects.object("user"), USER_POLICIES);
    checkPolicy(subjects.object("client"), CLIENT_POLICIES);
  }

  private static void checkPolicy(Entry subject, List<String> allowed) {
    POLICY.check(subject);
    subject.oneOf("policy", allowed);
  }

  /** The tenant's own API. It follows the domain, and grants for it follow with it. */
  private void writeManagementApi(String audience) {
    run.queries()
        .execute(
            run.tenantId(),
            """
            update resource_server set identifier = $2
            where tenant_id = $1 and payload ->> 'is_system' = 'true' and identifier <> $2
            """,
            audience);
    ObjectNode payload = defaults("Auth0 Management API");
    payload.put("is_system", true);
    ArrayNode scopes = payload.putArray("scopes");
    ManagementScopes.ALL.forEach(scope -> scopes.addObject().put("value", scope));
    write(audience, payload, Optional.empty());
  }

  private void write(String identifier, ObjectNode payload, Optional<String> secret) {
    String id =
        run.text(
                "select id from resource_server where tenant_id = $1 and identifier = $2",
                identifier)
            .orElseGet(run.ids()::resourceServer);
    boolean symmetric = payload.path("signing_alg").asText().equals("HS256");
    run.write(
        "resource servers",
        UPSERT,
        id,
        identifier,
        Json.write(payload),
        secret(id, secret, symmetric),
        run.now());
  }

  /** The given secret, else the stored one; one is made where HS256 needs it. */
  private @Nullable Buffer secret(String id, Optional<String> given, boolean needed) {
    Optional<byte[]> stored =
        run.bytes(
            "select sealed_signing_secret from resource_server where tenant_id = $1 and id = $2",
            id);
    String context = dev.cambio.gateway.audience.Audiences.secretContext(run.tenantId(), id);
    if (given.isPresent()) {
      return run.sealed(given.get().getBytes(StandardCharsets.UTF_8), context, stored);
    }
    if (stored.isPresent()) {
      return Buffer.buffer(stored.get());
    }
    return needed ? run.sealed(run.ids().secret(), context, stored) : null;
  }

  private static ObjectNode defaults(String name) {
    ObjectNode defaults =
        JsonNodeFactory.instance
            .objectNode()
            .put("name", name)
            .put("signing_alg", "RS256")
            .put("token_dialect", "access_token")
            .put("token_lifetime", 86_400)
            .put("allow_offline_access", false)
            .put("enforce_policies", false)
            .put("skip_consent_for_verifiable_first_party_clients", false);
    defaults.putArray("scopes");
    return defaults;
  }
}
