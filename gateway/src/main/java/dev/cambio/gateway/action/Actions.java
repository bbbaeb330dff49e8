package dev.cambio.gateway.action;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.cambio.gateway.store.ConfigurationCaches;
import dev.cambio.gateway.store.ConfigurationCaches.Cached;
import dev.cambio.gateway.store.Database;
import dev.cambio.gateway.store.SecretSeal;
import dev.cambio.gateway.store.TenantQueries;
import dev.cambio.model.action.ActionVersion;
import dev.cambio.model.action.Trigger;
import dev.cambio.model.bus.Json;
import io.vertx.core.buffer.Buffer;
import io.vertx.sqlclient.Row;
import java.io.IOException;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Deployed Actions, their bindings and their code. */
public final class Actions {
  private static final String VERSION =
      """
      select a.id as action_id, a.name, v.id as version_id, v.program_hash, v.sealed_secrets,
             (v.payload -> 'supported_triggers')::text as supported_triggers,
             jsonb_path_query_array(v.payload, '$.modules[*].module_version_id')::text as modules
      from action a
      join action_version v on v.tenant_id = a.tenant_id and v.id = a.deployed_version_id
      """;

  private static final String SERVED =
      """
      select a.id as action_id, a.name, v.id as version_id, v.program_hash
      from action a
      join action_version v on v.tenant_id = a.tenant_id and v.id = a.deployed_version_id
      where a.tenant_id = $1
        and (exists (select from trigger_binding b
              where b.tenant_id = a.tenant_id and b.action_id = a.id)
          or exists (select from token_exchange_profile p
              where p.tenant_id = a.tenant_id and p.action_id = a.id))
      order by v.created_at desc, v.id
      """;

  private final Database database;
  private final SecretSeal seal;
  private final Cached<String, DeployedAction> deployed;
  private final Cached<Trigger, List<BoundAction>> bound;

  public Actions(Database database, ConfigurationCaches caches, SecretSeal seal) {
    this.database = database;
    this.seal = seal;
    this.deployed = caches.cache(this::load);
    this.bound = caches.cache((tenantId, trigger) -> Optional.of(loadBound(tenantId, trigger)));
  }

  /** The live version of an Action, if it is deployed and supports the trigger. */
  public Optional<DeployedAction> deployed(String tenantId, String actionId, Trigger trigger) {
    return deployed.get(tenantId, actionId).filter(action -> action.triggers().contains(trigger));
  }

  /** The Actions bound to a trigger, in order. */
  public List<BoundAction> bound(String tenantId, Trigger trigger) {
    return bound.get(tenantId, trigger).orElse(List.of());
  }

  /** Every tenant's id. */
  List<String> tenants() {
    List<String> ids = new ArrayList<>();
    database
        .withConnection(connection -> connection.query("select id from tenant").execute())
        .await()
        .forEach(row -> ids.add(row.getString("id")));
    return ids;
  }

  /** The versions that requests may run, the one deployed last first. */
  List<ActionVersion> served(String tenantId) {
    return database.list(tenantId, SERVED, Actions::version);
  }

  /** A version's source by its hash. */
  public Optional<String> source(String tenantId, String contentHash) {
    return database.first(
        tenantId,
        "select source from action_code where tenant_id = $1 and content_hash = $2",
        row -> row.getString("source"),
        contentHash);
  }

  private Optional<DeployedAction> load(String tenantId, String actionId) {
    return database.first(
        tenantId,
        VERSION + " where a.tenant_id = $1 and a.id = $2",
        row -> action(tenantId, row),
        actionId);
  }

  private List<BoundAction> loadBound(String tenantId, Trigger trigger) {
    return database.list(
        tenantId,
        VERSION.replace("select ", "select b.id as binding_id, ")
            + """
            join trigger_binding b on b.tenant_id = a.tenant_id and b.action_id = a.id
            where a.tenant_id = $1 and b.trigger_id = $2 order by b.position
            """,
        row -> new BoundAction(row.getString("binding_id"), action(tenantId, row)),
        trigger.id());
  }

  private DeployedAction action(String tenantId, Row row) {
    ActionVersion version = version(row);
    Map<String, String> secrets = new HashMap<>(ownSecrets(tenantId, version.actionId(), row));
    secrets.putAll(
        ModuleSecrets.of(
            new TenantQueries(database, tenantId), seal, strings(row.getString("modules"))));
    return new DeployedAction(version, triggers(row.getString("supported_triggers")), secrets);
  }

  private static ActionVersion version(Row row) {
    return new ActionVersion(
        row.getString("action_id"),
        row.getString("name"),
        row.getString("version_id"),
        row.getString("program_hash"));
  }

  private Map<String, String> ownSecrets(String tenantId, String actionId, Row row) {
    return Optional.ofNullable(row.getBuffer("sealed_secrets"))
        .map(Buffer::getBytes)
        .map(bytes -> seal.open(bytes, secretsContext(tenantId, actionId)))
        .map(Actions::secrets)
        .orElse(Map.of());
  }

  /** The {@link SecretSeal} context of an Action's or module's secrets. */
  public static String secretsContext(String tenantId, String actionId) {
    return "action_secrets/" + tenantId + "/" + actionId;
  }

  static Map<String, String> secrets(byte[] json) {
    try {
      Map<String, String> secrets = new HashMap<>();
      for (Map.Entry<String, JsonNode> secret : ((ObjectNode) Json.parse(json)).properties()) {
        secrets.put(secret.getKey(), secret.getValue().asText());
      }
      return secrets;
    } catch (IOException e) {
      throw new IllegalStateException("an Action's secrets are not readable", e);
    }
  }

  private static String[] strings(String json) {
    try {
      List<String> strings = new ArrayList<>();
      Json.parse(json).forEach(item -> strings.add(item.asText()));
      return strings.toArray(new String[0]);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("an Action's modules are not readable", e);
    }
  }

  private static Set<Trigger> triggers(String json) {
    try {
      Set<Trigger> triggers = EnumSet.noneOf(Trigger.class);
      Json.parse(json)
          .forEach(item -> Trigger.find(item.path("id").asText()).ifPresent(triggers::add));
      return triggers;
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("an Action's triggers are not readable", e);
    }
  }
}
