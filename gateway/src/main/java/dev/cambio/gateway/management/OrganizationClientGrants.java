package dev.cambio.gateway.management;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;

/** The client grants that may be used for an organization (contract management-api §2.9). */
final class OrganizationClientGrants implements Operations.Resource {

  @Override
  public void register(Operations operations) {
    operations
        .on("listOrganizationClientGrants", this::list)
        .on("addOrganizationClientGrant", this::add)
        .on("removeOrganizationClientGrant", this::remove);
  }

  private Answer list(Call call) {
    Listing list =
        Listing.of(
                "client_grants",
                ClientGrants.COLUMNS,
                ClientGrants.FROM
                    + " join organization_client_grant m"
                    + " on m.tenant_id = g.tenant_id and m.grant_id = g.id",
                "m",
                "m.grant_id")
            .where("m.organization_id = ?", Organizations.require(call, "").id());
    call.query().text("audience").ifPresent(audience -> ofAudience(call, list, audience));
    call.query().text("client_id").ifPresent(client -> list.where("g.client_id = ?", client));
    List<String> grants = call.query().texts("grant_ids");
    if (!grants.isEmpty()) {
      list.where("g.id = any(?)", grants.toArray(String[]::new));
    }
    return list.pages(call, row -> ClientGrants.view(call, row));
  }

  private static void ofAudience(Call call, Listing list, String audience) {
    if (call.tenant().isManagementAudience(audience)) {
      list.where("r.payload ->> 'is_system' = 'true'");
    } else {
      list.where("g.audience = ?", audience);
    }
  }

  private Answer add(Call call) {
    String organization = Organizations.require(call, "").id();
    String grant = call.object().path("grant_id").asText();
    ObjectNode json = ClientGrants.byId(call, grant);
    int added =
        call.rows()
            .execute(
                """
                insert into organization_client_grant
                  (tenant_id, organization_id, grant_id, created_at)
                values ($1, $2, $3, $4) on conflict do nothing
                """,
                organization,
                grant,
                call.now());
    if (added == 0) {
      throw ManagementException.conflict(
          "organization_client_grant", "The client grant is already assigned.");
    }
    return Answer.of(json);
  }

  private Answer remove(Call call) {
    call.rows()
        .execute(
            "delete from organization_client_grant"
                + " where tenant_id = $1 and organization_id = $2 and grant_id = $3",
            Organizations.require(call, "").id(),
            call.path("grant_id"));
    return Answer.empty();
  }
}
