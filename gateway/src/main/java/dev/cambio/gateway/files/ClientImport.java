package dev.cambio.gateway.files;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.cambio.gateway.client.Clients;
import dev.cambio.gateway.management.Merge;
import dev.cambio.model.bus.Json;
import io.vertx.core.buffer.Buffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Clients, matched by id if the file gives one, else by name. */
record ClientImport(ImportRun run) {
  private static final Schema SCHEMA =
      new Schema()
          .strings(
              "name",
              "client_id",
              "client_secret",
              "description",
              "app_type",
              "logo_uri",
              "token_endpoint_auth_method",
              "organization_usage",
              "organization_require_behavior",
              "resource_server_identifier",
              "cross_origin_loc",
              "custom_login_page",
              "initiate_login_uri",
              "compliance_level")
          .flags(
              "is_token_endpoint_ip_header_trusted",
              "is_first_party",
              "oidc_conformant",
              "require_proof_of_possession",
              "cross_origin_authentication",
              "custom_login_page_on",
              "sso",
              "sso_disabled",
              "skip_non_verifiable_callback_uri_confirmation_prompt",
              "require_pushed_authorization_requests")
          .stringLists(
              "callbacks",
              "allowed_origins",
              "web_origins",
              "allowed_logout_urls",
              "allowed_clients",
              "client_aliases",
              "grant_types")
          .mappings(
              "jwt_configuration",
              "client_metadata",
              "refresh_token",
              "default_organization",
              "client_authentication_methods",
              "token_exchange",
              "session_transfer")
          .opaque(
              "native_social_login",
              "mobile",
              "addons",
              "encryption_key",
              "signed_request_object",
              "oidc_logout",
              "token_quota");
  private static final Schema TOKEN_EXCHANGE =
      new Schema().stringLists("allow_any_profile_of_type");
  private static final Schema JWT =
      new Schema()
          .strings("alg")
          .numbers("lifetime_in_seconds")
          .flags("secret_encoded")
          .mappings("scopes");
  private static final List<String> AUTH_METHODS =
      List.of("none", "client_secret_post", "client_secret_basic");
  private static final List<String> ALGORITHMS = List.of("HS256", "RS256", "RS512", "PS256");
  private static final List<String> ORGANIZATION_USAGES = List.of("deny", "allow", "require");
  private static final List<String> PROFILE_TYPES =
      List.of("custom_authentication", "on_behalf_of_token_exchange");
  private static final Set<String> PUBLIC_APP_TYPES = Set.of("native", "spa");
  private static final int MAX_METADATA = 10;
  private static final int MAX_METADATA_VALUE = 255;
  private static final int MAX_LIFETIME = 2_592_000;

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
    root.distinct("clients", "client_id");
    for (Entry entry : root.distinct("clients", "name")) {
      check(entry);
      importOne(entry);
    }
  }

  private void importOne(Entry entry) {
    String name = entry.text("name");
    Optional<String> sameName =
        run.text("select client_id from client where tenant_id = $1 and name = $2", name);
    String clientId =
        entry.optionalText("client_id").or(() -> sameName).orElseGet(run.ids()::clientId);
    // Files refer to clients by name, so a name means one client.
    sameName
        .filter(other -> !other.equals(clientId))
        .ifPresent(
            other -> {
              throw entry.at("name").problem("'" + name + "' is the name of client " + other);
            });
    ObjectNode payload =
        entry.payload(defaults(entry), Set.of("name", "client_id", "client_secret"));
    payload.set(
        "jwt_configuration", Merge.deep(jwtDefaults(), entry.object("jwt_configuration").json()));
    boolean isPublic = payload.path("token_endpoint_auth_method").asText().equals("none");
    run.write(
        "clients",
        UPSERT,
        clientId,
        name,
        Json.write(payload),
        secret(clientId, entry.optionalText("client_secret"), isPublic),
        run.now());
  }

  private void check(Entry entry) {
    SCHEMA.check(entry);
    if (entry.text("name").isEmpty() || entry.text("name").matches("(?s).*[<>].*")) {
      throw entry.at("name").problem("must not be empty nor contain < or >");
    }
    entry.oneOf("token_endpoint_auth_method", AUTH_METHODS);
    entry.oneOf("organization_usage", ORGANIZATION_USAGES);
    Entry exchange = entry.object("token_exchange");
    TOKEN_EXCHANGE.check(exchange);
    for (String type : exchange.texts("allow_any_profile_of_type")) {
      if (!PROFILE_TYPES.contains(type)) {
        throw exchange
            .at("allow_any_profile_of_type")
            .problem("'" + type + "' is not one of " + String.join(", ", PROFILE_TYPES));
      }
    }
    Entry jwt = entry.object("jwt_configuration");
    JWT.check(jwt);
    jwt.oneOf("alg", ALGORITHMS);
    jwt.range("lifetime_in_seconds", 1, MAX_LIFETIME);
    checkMetadata(entry.object("client_metadata"));
    run.checkSecret(entry, "client_secret");
  }

  private static void checkMetadata(Entry metadata) {
    if (metadata.json().size() > MAX_METADATA) {
      throw metadata.problem("has more than 10 entries");
    }
    for (Map.Entry<String, JsonNode> value : metadata.json().properties()) {
      metadata.length(value.getKey(), 0, MAX_METADATA_VALUE);
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

  private static ObjectNode defaults(Entry entry) {
    ObjectNode defaults =
        JsonNodeFactory.instance
            .objectNode()
            .put("is_first_party", true)
            .put("oidc_conformant", false)
            .put("token_endpoint_auth_method", defaultAuthMethod(entry))
            .put("is_token_endpoint_ip_header_trusted", false)
            .put("organization_usage", "deny");
    defaults.putArray("grant_types");
    defaults.putObject("client_metadata");
    return defaults;
  }

  /** A client is public only if it says so: what omits the method must not lose its secret. */
  private static String defaultAuthMethod(Entry entry) {
    boolean isPublic =
        entry.optionalText("app_type").filter(PUBLIC_APP_TYPES::contains).isPresent();
    return isPublic && !entry.has("client_secret") ? "none" : "client_secret_post";
  }

  private static ObjectNode jwtDefaults() {
    return JsonNodeFactory.instance
        .objectNode()
        .put("alg", "RS256")
        .put("lifetime_in_seconds", 36_000);
  }
}
