package dev.cambio.gateway.management;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.cambio.gateway.store.Payload;
import io.vertx.sqlclient.Row;
import java.util.Arrays;

/** The members of an organization and their roles in it (contract management-api §2.9). */
final class OrganizationMembers implements Operations.Resource {
  private static final int MAX_ROLES = 50;
  private static final String ROLES =
      """
      jsonb_build_object('roles', coalesce(
        (select jsonb_agg(jsonb_build_object('id', r.id, 'name', r.name) order by r.name)
         from organization_member_role g
         join role r on r.tenant_id = g.tenant_id and r.id = g.role_id
         where g.tenant_id = m.tenant_id and g.organization_id = m.organization_id
           and g.user_id = m.user_id), '[]'::jsonb))::text as held
      """;

  @Override
  public void register(Operations operations) {
    operations
        .on("listOrganizationMembers", this::list)
        .on("addOrganizationMembers", this::add)
        .on("removeOrganizationMembers", this::remove)
        .on("listOrganizationMemberRoles", this::roles)
        .on("addOrganizationMemberRoles", this::addRoles)
        .on("removeOrganizationMemberRoles", this::removeRoles);
  }

  private Answer list(Call call) {
    String organization = Organizations.require(call, "").id();
    boolean roles =
        call.query()
            .text("fields")
            .filter(fields -> Arrays.asList(fields.split("\\s*,\\s*")).contains("roles"))
            .isPresent();
    return Listing.of(
            "members",
            "u.user_id, u.profile::text" + (roles ? ", " + ROLES : ""),
            "organization_member m"
                + " join user_account u on u.tenant_id = m.tenant_id and u.user_id = m.user_id",
            "m",
            "m.user_id")
        .where("m.organization_id = ?", organization)
        .pagesOrCursor(call, row -> Fields.of(call, member(row, roles)));
  }

  private static ObjectNode member(Row row, boolean roles) {
    ObjectNode member = Members.summary(row);
    if (roles) {
      member.setAll(Payload.object(row, "held"));
    }
    return member;
  }

  private Answer add(Call call) {
    String organization = Organizations.require(call, "").id();
    for (JsonNode user : call.object().path("members")) {
      call.rows()
          .execute(
              """
              insert into organization_member (tenant_id, organization_id, user_id, created_at)
              values ($1, $2, $3, $4) on conflict do nothing
              """,
              organization,
              Members.requireUser(call, user.asText()),
              call.now());
    }
    return Answer.empty();
  }

  private Answer remove(Call call) {
    String organization = Organizations.require(call, "").id();
    for (JsonNode user : call.object().path("members")) {
      call.rows()
          .execute(
              "delete from organization_member"
                  + " where tenant_id = $1 and organization_id = $2 and user_id = $3",
              organization,
              user.asText());
    }
    return Answer.empty();
  }

  private Answer roles(Call call) {
    return Listing.of(
            "roles",
            "r.id, r.name, r.payload::text",
            "organization_member_role g"
                + " join role r on r.tenant_id = g.tenant_id and r.id = g.role_id",
            "g",
            "g.role_id")
        .where("g.organization_id = ?", Organizations.require(call, "").id())
        .where("g.user_id = ?", requireMember(call))
        .pages(call, row -> Roles.json(Roles.stored(row)));
  }

  private Answer addRoles(Call call) {
    String organization = Organizations.require(call, " for update").id();
    String member = requireMember(call);
    for (JsonNode role : call.object().path("roles")) {
      call.rows()
          .execute(
              """
              insert into organization_member_role
                (tenant_id, organization_id, user_id, role_id, created_at)
              values ($1, $2, $3, $4, $5) on conflict do nothing
              """,
              organization,
              member,
              Roles.require(call, role.asText(), "").id(),
              call.now());
    }
    long held =
        call.rows()
            .first(
                "select count(*) from organization_member_role"
                    + " where tenant_id = $1 and organization_id = $2 and user_id = $3",
                row -> row.getLong(0),
                organization,
                member)
            .orElse(0L);
    if (held > MAX_ROLES) {
      throw ManagementException.tooMany();
    }
    return Answer.empty();
  }

  private Answer removeRoles(Call call) {
    String organization = Organizations.require(call, "").id();
    String member = requireMember(call);
    for (JsonNode role : call.object().path("roles")) {
      call.rows()
          .execute(
              "delete from organization_member_role where tenant_id = $1"
                  + " and organization_id = $2 and user_id = $3 and role_id = $4",
              organization,
              member,
              role.asText());
    }
    return Answer.empty();
  }

  private static String requireMember(Call call) {
    boolean member =
        call.rows()
            .exists(
                "select 1 from organization_member"
                    + " where tenant_id = $1 and organization_id = $2 and user_id = $3",
                call.path("id"),
                call.path("user_id"));
    if (!member) {
      throw ManagementException.notFound(
          "organization_member", "The user is not a member of the organization.");
    }
    return call.path("user_id");
  }
}
