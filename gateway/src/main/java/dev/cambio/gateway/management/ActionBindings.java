package dev.cambio.gateway.management;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.cambio.model.action.Trigger;
import io.vertx.sqlclient.Row;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Triggers and the Actions bound to them, in order (contract management-api §2.2). */
final class ActionBindings implements Operations.Resource {
  /** Contract actions-runtime §2.2; three of these are executed. */
  private static final Set<String> KNOWN =
      Set.of(
          "post-login",
          "credentials-exchange",
          "pre-user-registration",
          "post-user-registration",
          "post-change-password",
          "send-phone-message",
          "custom-phone-provider",
          "custom-email-provider",
          "password-reset-post-challenge",
          "custom-token-exchange",
          "event-stream",
          "password-hash-migration",
          "login-post-identifier",
          "signup-post-identifier");

  private final StoredActions actions;
  private final Ids ids;

  ActionBindings(StoredActions actions, Ids ids) {
    this.actions = actions;
    this.ids = ids;
  }

  /** A binding, in its place. */
  private record Binding(
      String id, String actionId, String displayName, OffsetDateTime createdAt) {}

  @Override
  public void register(Operations operations) {
    operations
        .on("listTriggers", call -> Answer.of(triggers()))
        .on("getBindings", this::list)
        .on("updateBindings", this::update);
  }

  private static ObjectNode triggers() {
    ObjectNode body = JsonNodeFactory.instance.objectNode();
    ArrayNode triggers = body.putArray("triggers");
    for (Trigger trigger : Trigger.values()) {
      ObjectNode json =
          triggers
              .addObject()
              .put("id", trigger.id())
              .put("version", trigger.version())
              .put("status", "CURRENT")
              .put("default_runtime", "node22")
              .put("binding_policy", trigger.isBound() ? "trigger-bound" : "entity-bound");
      json.putArray("runtimes").add("node18-actions").add("node22");
      json.putArray("compatible_triggers");
    }
    return body;
  }

  private Answer list(Call call) {
    return listing(requireTrigger(call)).actionPages(call, row -> json(call, row));
  }

  private static String requireTrigger(Call call) {
    String id = call.path("id");
    if (!KNOWN.contains(id)) {
      throw ManagementException.notFound("trigger", "The trigger does not exist.");
    }
    return id;
  }

  private static Listing listing(String triggerId) {
    return Listing.of(
            "bindings",
            StoredActions.COLUMNS
                + ", b.id as binding_id, b.trigger_id, b.display_name,"
                + " b.created_at as bound_at, b.updated_at as rebound_at",
            StoredActions.FROM
                + " join trigger_binding b on b.tenant_id = a.tenant_id and b.action_id = a.id",
            "b",
            "b.id")
        .where("b.trigger_id = ?", triggerId)
        .orderBy("b.position");
  }

  private ObjectNode json(Call call, Row row) {
    ObjectNode json =
        JsonNodeFactory.instance
            .objectNode()
            .put("id", row.getString("binding_id"))
            .put("trigger_id", row.getString("trigger_id"))
            .put("display_name", row.getString("display_name"));
    json.set("action", actions.action(call, row).json());
    json.put("created_at", Dates.text(row.getOffsetDateTime("bound_at")));
    json.put("updated_at", Dates.text(row.getOffsetDateTime("rebound_at")));
    return json;
  }

  /** Replaces all bindings of a trigger; those of Actions that stay keep their ids. */
  private Answer update(Call call) {
    String triggerId = requireTrigger(call);
    JsonNode given = call.object().path("bindings");
    if (!given.isEmpty() && Trigger.find(triggerId).filter(Trigger::isBound).isEmpty()) {
      throw ManagementException.invalidBody(
          "Actions cannot be bound to the trigger " + triggerId + ".");
    }
    lockTenant(call);
    List<Binding> stored = stored(call, triggerId);
    List<Binding> wanted = new ArrayList<>();
    Set<String> bound = new HashSet<>();
    for (int i = 0; i < given.size(); i++) {
      Binding binding = binding(call, given.get(i), "bindings[" + i + "]", triggerId, stored);
      if (!bound.add(binding.actionId())) {
        throw ManagementException.invalidBody(
            new Violation("bindings[" + i + "].ref", "The Action is bound more than once"));
      }
      wanted.add(binding);
    }
    if (!wanted.equals(stored)) {
      replace(call, triggerId, wanted);
    }
    ObjectNode body = JsonNodeFactory.instance.objectNode();
    body.set("bindings", json(call, triggerId));
    return Answer.of(body);
  }

  private ArrayNode json(Call call, String triggerId) {
    return (ArrayNode) listing(triggerId).pages(call, row -> json(call, row)).body();
  }

  /**
   * Whole lists are replaced, so two calls at once must come one after the other. Any change of
   * configuration locks this row in the end; taking it first keeps the order.
   */
  private static void lockTenant(Call call) {
    call.rows()
        .execute(
            "select t.id from tenant t join (values ($1)) as mine (id) on mine.id = t.id"
                + " for no key update of t");
  }

  private static List<Binding> stored(Call call, String triggerId) {
    return call.rows()
        .list(
            """
            select id, action_id, display_name, created_at from trigger_binding
            where tenant_id = $1 and trigger_id = $2 order by position
            """,
            row ->
                new Binding(
                    row.getString("id"),
                    row.getString("action_id"),
                    row.getString("display_name"),
                    row.getOffsetDateTime("created_at")),
            triggerId);
  }

  private Binding binding(
      Call call, JsonNode given, String path, String triggerId, List<Binding> stored) {
    if (!given.path("secrets").isEmpty()) {
      throw ManagementException.invalidBody(
          new Violation(path + ".secrets", "Secrets belong to the Action, not to its binding"));
    }
    StoredAction action = action(call, given.path("ref"), path + ".ref.value", stored);
    StoredVersion live =
        action
            .deployed()
            .orElseThrow(
                () ->
                    ManagementException.invalidBody(
                        "The Action '" + action.name() + "' is not deployed."));
    if (!live.content().supports(triggerId)) {
      throw ManagementException.invalidBody(
          "The Action '%s' must have supported_triggers: %s".formatted(action.name(), triggerId));
    }
    Optional<Binding> kept =
        stored.stream().filter(binding -> binding.actionId().equals(action.id())).findFirst();
    return new Binding(
        kept.map(Binding::id).orElseGet(ids::uuid),
        action.id(),
        given.path("display_name").asText(action.name()),
        kept.map(Binding::createdAt).orElse(call.now()));
  }

  /** The Action of a reference, kept from being deleted while it is bound. */
  private StoredAction action(Call call, JsonNode ref, String path, List<Binding> stored) {
    String value = ref.path("value").asText();
    String idOrName =
        ref.path("type").asText().equals("binding_id")
            ? stored.stream()
                .filter(binding -> binding.id().equals(value))
                .map(Binding::actionId)
                .findFirst()
                .orElseThrow(() -> unknown(path, "No binding with id " + value))
            : value;
    String column = ref.path("type").asText().equals("action_name") ? "name" : "id";
    return call.rows()
        .first(
            "select id from action where tenant_id = $1 and " + column + " = $2 for key share",
            row -> row.getString("id"),
            idOrName)
        .flatMap(id -> actions.find(call, id))
        .orElseThrow(() -> unknown(path, "No Action with " + column + " " + value));
  }

  private static ManagementException unknown(String path, String detail) {
    return ManagementException.invalidBody(new Violation(path, detail));
  }

  private static void replace(Call call, String triggerId, List<Binding> wanted) {
    call.rows()
        .execute("delete from trigger_binding where tenant_id = $1 and trigger_id = $2", triggerId);
    for (int i = 0; i < wanted.size(); i++) {
      Binding binding = wanted.get(i);
      call.rows()
          .execute(
              """
              insert into trigger_binding
                (tenant_id, trigger_id, position, id, action_id, display_name, created_at, updated_at)
              values ($1, $2, $3, $4, $5, $6, $7, $8)
              """,
              triggerId,
              i,
              binding.id(),
              binding.actionId(),
              binding.displayName(),
              binding.createdAt(),
              call.now());
    }
  }
}
