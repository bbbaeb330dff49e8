package dev.cambio.gateway.tenant;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.cambio.gateway.client.Clients;
import dev.cambio.model.bus.Json;
import io.vertx.core.buffer.Buffer;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Clients, matched by id if the file gives one, else by name. */
record ClientImport(ImportRun run) {
  private static final Set<String> KNOWN =
      Set.of(
          "name",
          "client_id",
          "client_secret",
          "description",
          "app_type",
          "logo_uri",
          "callbacks",
          "allowed_origins",
          "web_origins",
          "allowed_logout_urls",
          "allowed_clients",
          "client_aliases",
          "grant_types",
          "token_endpoint_auth_method",
          "is_token_endpoint_ip_header_trusted",
          "is_first_party",
          "oidc_conformant",
          "jwt_configuration",
          "client_metadata",
          "refresh_token",
          "organization_usage",
          "organization_require_behavior",
          "default_organization",
          "client_authentication_methods",
          "require_proof_of_possession",
          "token_exchange",
          "session_transfer",
          "resource_server_identifier",
          "cross_origin_authentication",
          "cross_origin_loc",
          "custom_login_page_on",
          "custom_login_page",
          "sso",
          "sso_disabled",
          "initiate_login_uri",
          "native_social_login",
          "mobile",
          "addons",
          "encryption_key",
          "signed_request_object",
          "compliance_level",
          "oidc_logout",
          "token_quota",
          "skip_non_verifiable_callback_uri_confirmation_prompt",
          "require_pushed_authorization_requests");
  private static final Set<String> AUTH_METHODS =
      Set.of("none", "client_secret_post", "client_secret_basic");

  private static final String UPSERT =
      """
      insert into client as c
        (tenant_id, client_id, name, payload, sealed_secret, created_at, updated_at)
      values ($1, $2, $3, $4::text::jsonb, $5, $6, $6)
      on conflict (tenant_id, client_id) do update
      set name = excluded.name, payload = excluded.payload,
          sealed_secret = excluded.sealed_secret, updated_at = excluded.updated_at
      where (c.name, c.payload, c.sealed_secret)
        is distinct from (excluded.name, excluded.payload, excluded.sealed_secret)
      """;

  void importAll(Entry root) {
    for (Entry entry : root.list("clients")) {
      entry.requireKnown(KNOWN);
      String name = entry.text("name");
      String clientId =
          entry.optionalText("client_id").or(() -> idOf(name)).orElseGet(run.ids()::clientId);
      ObjectNode payload = entry.payload(defaults(), Set.of("name", "client_id", "client_secret"));
      String method = payload.path("token_endpoint_auth_method").asText();
      if (!AUTH_METHODS.contains(method)) {
        throw entry
            .at("token_endpoint_auth_method")
            .problem("'" + method + "' is not one of " + AUTH_METHODS);
      }
      run.write(
          "clients",
          UPSERT,
          clientId,
          name,
          Json.write(payload),
          secret(clientId, entry.optionalText("client_secret"), method.equals("none")),
          run.now());
    }
  }

  /** The id of the client with that name or, as files may say either, with that id. */
  Optional<String> idOf(String nameOrId) {
    return run.text(
        """
        select client_id from client
        where tenant_id = $1 and (name = $2 or client_id = $2) order by client_id = $2 desc
        """,
        nameOrId);
  }

  /** The given secret, else the stored one, else a new one; none for a public client. */
  private @Nullable Buffer secret(String clientId, Optional<String> given, boolean isPublic) {
    if (isPublic && given.isEmpty()) {
      return null;
    }
    Optional<byte[]> stored =
        run.bytes(
            "select sealed_secret from client where tenant_id = $1 and client_id = $2", clientId);
    String context = Clients.secretContext(run.tenantId(), clientId);
    return given
        .map(text -> run.sealed(text.getBytes(StandardCharsets.UTF_8), context, stored))
        .or(() -> stored.map(Buffer::buffer))
        .orElseGet(() -> run.sealed(run.ids().secret(), context, stored));
  }

  private static ObjectNode defaults() {
    ObjectNode defaults =
        JsonNodeFactory.instance
            .objectNode()
            .put("is_first_party", true)
            .put("oidc_conformant", false)
            .put("token_endpoint_auth_method", "none")
            .put("is_token_endpoint_ip_header_trusted", false)
            .put("organization_usage", "deny");
    defaults.putArray("grant_types");
    defaults.putObject("client_metadata");
    defaults.putObject("jwt_configuration").put("alg", "RS256").put("lifetime_in_seconds", 36_000);
    return defaults;
  }
}
