package dev.cambio.gateway.management;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.cambio.gateway.mfa.Factor;
import dev.cambio.gateway.store.Payload;
import io.vertx.sqlclient.Row;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * Second factors (contract token-endpoint §8): which there are, when they are asked for, and what
 * users have enrolled. Factors and policies are kept in the tenant's settings.
 */
final class Guardian implements Operations.Resource {
  /** Where the tenant's settings hold it. */
  static final String MEMBER = "guardian";

  private static final String FACTORS = "factors";
  private static final String POLICIES = "policies";

  /** Factors of Auth0's that nobody can prove here. */
  private static final List<String> UNAVAILABLE =
      List.of("duo", "webauthn-platform", "webauthn-roaming");

  @Override
  public void register(Operations operations) {
    operations
        .on("listGuardianFactors", Guardian::factors)
        .on("setGuardianFactor", Guardian::setFactor)
        .on("getGuardianPolicies", call -> Answer.of(policies(TenantRow.read(call))))
        .on("setGuardianPolicies", Guardian::setPolicies)
        .on("listUserEnrollments", Guardian::enrollments)
        .on("deleteUserAuthenticators", Guardian::deleteAuthenticators);
  }

  private static Answer factors(Call call) {
    ObjectNode set = Payload.member(guardian(TenantRow.read(call)), FACTORS);
    ArrayNode list = JsonNodeFactory.instance.arrayNode();
    for (Factor factor : Factor.values()) {
      String name = factor.setting();
      add(list, name, set.path(name).asBoolean(factor.enabledByDefault()));
    }
    UNAVAILABLE.forEach(name -> add(list, name, false));
    return Answer.of(list);
  }

  private static void add(ArrayNode list, String name, boolean enabled) {
    list.addObject().put("name", name).put("enabled", enabled).put("trial_expired", false);
  }

  private static Answer setFactor(Call call) {
    String name = call.path("name");
    boolean enabled = call.object().path("enabled").asBoolean();
    boolean known =
        Arrays.stream(Factor.values()).anyMatch(factor -> factor.setting().equals(name));
    if (!known && !UNAVAILABLE.contains(name)) {
      throw ManagementException.notFound("factor", "The factor does not exist.");
    }
    if (!known && enabled) {
      throw ManagementException.invalidBody("The factor is not available here.");
    }
    if (known) {
      ObjectNode settings = TenantRow.lock(call);
      ObjectNode guardian = guardian(settings);
      guardian.set(FACTORS, Payload.member(guardian, FACTORS).put(name, enabled));
      settings.set(MEMBER, guardian);
      TenantRow.write(call, settings);
    }
    return Answer.of(JsonNodeFactory.instance.objectNode().put("enabled", enabled));
  }

  private static Answer setPolicies(Call call) {
    ObjectNode settings = TenantRow.lock(call);
    ObjectNode guardian = guardian(settings);
    guardian.set(POLICIES, call.body());
    settings.set(MEMBER, guardian);
    TenantRow.write(call, settings);
    return Answer.of(call.body());
  }

  private static ArrayNode policies(ObjectNode settings) {
    return guardian(settings).get(POLICIES) instanceof ArrayNode policies
        ? policies
        : JsonNodeFactory.instance.arrayNode();
  }

  private static ObjectNode guardian(ObjectNode settings) {
    return Payload.member(settings, MEMBER);
  }

  private static Answer enrollments(Call call) {
    ArrayNode list = JsonNodeFactory.instance.arrayNode();
    call.rows()
        .list(
            "select id, factor, channel, active, created_at from mfa_authenticator"
                + " where tenant_id = $1 and user_id = $2 order by created_at, id",
            row -> list.add(enrollment(row)),
            Members.requireUser(call, call.path("id")));
    return Answer.of(list);
  }

  /** Keys, codes and addresses stay out. */
  private static ObjectNode enrollment(Row row) {
    String factor = row.getString("factor");
    return JsonNodeFactory.instance
        .objectNode()
        .put("id", row.getString("id"))
        .put("status", row.getBoolean("active") ? "confirmed" : "pending")
        .put("type", factor)
        .put("auth_method", Optional.ofNullable(row.getString("channel")).orElse(factor))
        .put("enrolled_at", Dates.text(row.getOffsetDateTime("created_at")));
  }

  private static Answer deleteAuthenticators(Call call) {
    String user = Members.requireUser(call, call.path("id"));
    call.rows()
        .execute("delete from mfa_authenticator where tenant_id = $1 and user_id = $2", user);
    call.rows().execute("delete from mfa_login where tenant_id = $1 and user_id = $2", user);
    return Answer.empty();
  }
}
