package dev.cambio.gateway.tenant;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.cambio.model.bus.Json;
import io.vertx.core.buffer.Buffer;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** APIs, and the tenant's Management API among them. */
record ResourceServerImport(ImportRun run) {
  private static final Set<String> KNOWN =
      Set.of(
          "identifier",
          "name",
          "scopes",
          "signing_alg",
          "signing_secret",
          "allow_offline_access",
          "allow_online_access",
          "token_lifetime",
          "token_lifetime_for_web",
          "token_dialect",
          "enforce_policies",
          "skip_consent_for_verifiable_first_party_clients",
          "token_encryption",
          "consent_policy",
          "authorization_details",
          "proof_of_possession",
          "subject_type_authorization",
          "authorization_policy");
  private static final Set<String> ALGORITHMS = Set.of("HS256", "RS256", "RS512", "PS256");
  private static final Set<String> DIALECTS =
      Set.of("access_token", "access_token_authz", "rfc9068_profile", "rfc9068_profile_authz");

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
    for (Entry entry : root.list("resourceServers")) {
      entry.requireKnown(KNOWN);
      String identifier = entry.text("identifier");
      if (identifier.equals(managementAudience)) {
        throw entry.at("identifier").problem("The selected identifier is reserved.");
      }
      requireOneOf(entry, "signing_alg", ALGORITHMS);
      requireOneOf(entry, "token_dialect", DIALECTS);
      entry.list("scopes").forEach(scope -> scope.text("value"));
      ObjectNode payload =
          entry.payload(defaults(identifier), Set.of("identifier", "signing_secret"));
      write(identifier, payload, entry.optionalText("signing_secret"));
    }
  }

  private static void requireOneOf(Entry entry, String member, Set<String> allowed) {
    entry
        .optionalText(member)
        .filter(value -> !allowed.contains(value))
        .ifPresent(
            value -> {
              throw entry.at(member).problem("'" + value + "' is not supported");
            });
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
    var scopes = payload.putArray("scopes");
    ManagementScopes.ALL.forEach(scope -> scopes.addObject().put("value", scope));
    write(audience, payload, Optional.empty());
  }

  private void write(String identifier, ObjectNode payload, Optional<String> secret) {
    String id =
        run.text(
                "select id from resource_server where tenant_id = $1 and identifier = $2",
                identifier)
            .orElseGet(run.ids()::resourceServer);
    run.write(
        "resource servers",
        UPSERT,
        id,
        identifier,
        Json.write(payload),
        secret.map(text -> sealed(id, text)).orElse(null),
        run.now());
  }

  private @Nullable Buffer sealed(String id, String secret) {
    Optional<byte[]> stored =
        run.bytes(
            "select sealed_signing_secret from resource_server where tenant_id = $1 and id = $2",
            id);
    String context = "signing_secret/" + run.tenantId() + "/" + id;
    return run.sealed(secret.getBytes(StandardCharsets.UTF_8), context, stored);
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
