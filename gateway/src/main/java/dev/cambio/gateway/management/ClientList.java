package dev.cambio.gateway.management;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Lists of clients, by their filters (contract management-api §2.3). */
final class ClientList {
  private static final Pattern ORGANIZATION =
      Pattern.compile("client_grant\\.organization_id:\"?([A-Za-z0-9_]{1,50})\"?");
  private static final Pattern ANY_ORGANIZATION =
      Pattern.compile("client_grant\\.allow_any_organization:\"?(true|false)\"?");

  private ClientList() {}

  static Answer of(Call call, ClientView view) {
    Listing list = Listing.of("clients", ClientView.COLUMNS, "client c", "c", "c.client_id");
    call.query().flag("is_global").filter(global -> global).ifPresent(none -> list.where("false"));
    call.query()
        .flag("is_first_party")
        .ifPresent(
            first ->
                list.where("coalesce((c.payload ->> 'is_first_party')::boolean, true) = ?", first));
    call.query()
        .text("app_type")
        .ifPresent(
            types ->
                list.where("c.payload ->> 'app_type' = any(?)", types.strip().split("\\s*,\\s*")));
    call.query()
        .text("external_client_id")
        .ifPresent(id -> list.where("c.payload ->> 'external_client_id' = ?", id));
    call.query().text("q").ifPresent(query -> filter(list, query.strip()));
    return list.pagesOrCursor(call, view::of);
  }

  private static void filter(Listing list, String query) {
    Matcher organization = ORGANIZATION.matcher(query);
    Matcher any = ANY_ORGANIZATION.matcher(query);
    if (organization.matches()) {
      list.where(
          "exists (select 1 from client_grant g join organization_client_grant o"
              + " on o.tenant_id = g.tenant_id and o.grant_id = g.id"
              + " where g.tenant_id = c.tenant_id and g.client_id = c.client_id"
              + " and o.organization_id = ?)",
          organization.group(1));
    } else if (any.matches()) {
      list.where(
          "exists (select 1 from client_grant g"
              + " where g.tenant_id = c.tenant_id and g.client_id = c.client_id"
              + " and coalesce((g.payload ->> 'allow_any_organization')::boolean, false) = ?)",
          any.group(1).equals("true"));
    } else {
      throw ManagementException.invalidQuery("'Unsupported query' on property q.");
    }
  }
}
