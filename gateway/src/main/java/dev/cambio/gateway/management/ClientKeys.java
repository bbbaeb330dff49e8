package dev.cambio.gateway.management;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.cambio.gateway.store.Payload;
import dev.cambio.model.bus.Json;
import io.vertx.sqlclient.Row;
import java.util.Map;

/** Keys and certificates that clients authenticate with (contract management-api §2.3, §4.6). */
final class ClientKeys implements Operations.Resource {
  /** One in use and its successor. */
  private static final int MAX_PER_CLIENT = 2;

  /** Methods of authentication, and the kind of credential that each needs. */
  private static final Map<String, String> TYPES =
      Map.of(
          "private_key_jwt", "public_key",
          "tls_client_auth", "cert_subject_dn",
          "self_signed_tls_client_auth", "x509_cert");

  private static final String COLUMNS = "k.id, k.payload::text, k.created_at, k.updated_at";
  private static final String EXPIRES_AT = "expires_at";

  private final Ids ids;

  ClientKeys(Ids ids) {
    this.ids = ids;
  }

  @Override
  public void register(Operations operations) {
    operations
        .on("listClientCredentials", ClientKeys::list)
        .on("createClientCredential", this::create)
        .on("getClientCredential", call -> Answer.of(require(call, call.path("credential_id"))))
        .on("updateClientCredential", ClientKeys::update)
        .on("deleteClientCredential", ClientKeys::delete);
  }

  private static Answer list(Call call) {
    String clientId = requireClient(call, "");
    ArrayNode credentials = JsonNodeFactory.instance.arrayNode();
    call.rows()
        .list(
            "select "
                + COLUMNS
                + " from client_credential k where k.tenant_id = $1 and k.client_id = $2"
                + " order by k.created_at, k.id",
            row -> credentials.add(view(row)),
            clientId);
    return Answer.of(credentials);
  }

  private Answer create(Call call) {
    String clientId = requireClient(call, " for update");
    return Answer.of(require(call, clientId, store(call, clientId, call.object(), "")));
  }

  /**
   * Checks a key and stores it; the client must be locked or new.
   *
   * @param at where the body is, for complaints: empty or ending in a dot
   * @return the new credential's id
   */
  String store(Call call, String clientId, ObjectNode body, String at) {
    ObjectNode payload = CredentialPayload.of(call, body, at);
    requireRoom(call, clientId, payload.path("kid").asText());
    String id = ids.prefixed("cred_");
    call.rows()
        .execute(
            """
            insert into client_credential
              (tenant_id, id, client_id, payload, created_at, updated_at)
            values ($1, $2, $3, $4::text::jsonb, $5, $5)
            """,
            id,
            clientId,
            Json.write(payload),
            call.now());
    return id;
  }

  private static void requireRoom(Call call, String clientId, String kid) {
    var kids =
        call.rows()
            .list(
                "select payload ->> 'kid' as kid from client_credential"
                    + " where tenant_id = $1 and client_id = $2",
                row -> row.getString("kid"),
                clientId);
    if (kids.contains(kid)) {
      throw ManagementException.conflict(
          "credential", "A credential with the same kid already exists.");
    }
    if (kids.size() >= MAX_PER_CLIENT) {
      throw ManagementException.tooMany();
    }
  }

  private static Answer update(Call call) {
    String clientId = requireClient(call, " for update");
    String id = call.path("credential_id");
    require(call, clientId, id);
    JsonNode given = call.object().path(EXPIRES_AT);
    ObjectNode payload =
        call.rows()
            .first(
                "select payload::text from client_credential where tenant_id = $1 and id = $2",
                row -> Payload.object(row, "payload"),
                id)
            .orElseThrow();
    if (given.isNull()) {
      payload.remove(EXPIRES_AT);
    } else {
      payload.put(EXPIRES_AT, Dates.text(CredentialPayload.future(call, given, "")));
    }
    call.rows()
        .execute(
            """
            update client_credential set payload = $3::text::jsonb, updated_at = $4
            where tenant_id = $1 and id = $2 and payload is distinct from $3::text::jsonb
            """,
            id,
            Json.write(payload),
            call.now());
    return Answer.of(require(call, clientId, id));
  }

  private static Answer delete(Call call) {
    String clientId = requireClient(call, " for update");
    String id = call.path("credential_id");
    boolean used =
        call.rows()
            .exists(
                """
                select 1 from client where tenant_id = $1 and client_id = $2
                  and jsonb_path_exists(payload,
                    '$.client_authentication_methods.*.credentials[*] ? (@.id == $id)',
                    jsonb_build_object('id', $3::text))
                """,
                clientId,
                id);
    if (used) {
      throw ManagementException.conflict(
          "credential", "The credential is in use by client_authentication_methods.");
    }
    call.rows()
        .execute(
            "delete from client_credential where tenant_id = $1 and client_id = $2 and id = $3",
            clientId,
            id);
    return Answer.empty();
  }

  /** Refuses a client that refers to credentials it does not have, or of another kind. */
  static void requireKnown(Call call, String clientId, ObjectNode payload) {
    for (JsonNode reference : credentials(payload)) {
      boolean known =
          call.rows()
              .exists(
                  "select 1 from client_credential where tenant_id = $1 and client_id = $2"
                      + " and id = $3 and payload ->> 'credential_type' = $4",
                  clientId,
                  reference.path("id").asText(),
                  TYPES.get(method(payload)));
      if (!known) {
        throw ManagementException.invalidBody(
            new Violation(at(payload), "The client has no credential of this method with this id"));
      }
    }
  }

  /** Refuses credentials of another kind than the client's method needs. */
  static void requireFitting(ObjectNode payload, JsonNode credential, String at) {
    String wanted = TYPES.get(method(payload));
    if (!credential.path("credential_type").asText().equals(wanted)) {
      throw ManagementException.invalidBody(
          new Violation(at + "credential_type", "Must be " + wanted + " for this method"));
    }
  }

  /** What a client's payload says of its credentials; empty if it uses none. */
  static ArrayNode credentials(ObjectNode payload) {
    return payload.at("/" + at(payload).replace('.', '/')) instanceof ArrayNode credentials
        ? credentials
        : JsonNodeFactory.instance.arrayNode();
  }

  /** Where they stand in it. */
  static String at(ObjectNode payload) {
    return "client_authentication_methods." + method(payload) + ".credentials";
  }

  /** The one method that a client uses; any if it uses none. */
  private static String method(ObjectNode payload) {
    JsonNode methods = payload.path("client_authentication_methods");
    return TYPES.keySet().stream().filter(methods::has).findFirst().orElse("private_key_jwt");
  }

  private static String requireClient(Call call, String lock) {
    String clientId = call.path("id");
    if (!call.rows()
        .exists("select 1 from client where tenant_id = $1 and client_id = $2" + lock, clientId)) {
      throw ClientRegistrations.notFound();
    }
    return clientId;
  }

  private static ObjectNode require(Call call, String id) {
    return require(call, requireClient(call, ""), id);
  }

  private static ObjectNode require(Call call, String clientId, String id) {
    return call.rows()
        .first(
            "select "
                + COLUMNS
                + " from client_credential k"
                + " where k.tenant_id = $1 and k.client_id = $2 and k.id = $3",
            ClientKeys::view,
            clientId,
            id)
        .orElseThrow(
            () -> ManagementException.notFound("credential", "The credential does not exist."));
  }

  private static ObjectNode view(Row row) {
    ObjectNode json = JsonNodeFactory.instance.objectNode().put("id", row.getString("id"));
    json.setAll(Payload.object(row, "payload"));
    json.remove("pem");
    return json.put("created_at", Dates.text(row.getOffsetDateTime("created_at")))
        .put("updated_at", Dates.text(row.getOffsetDateTime("updated_at")));
  }
}
