package dev.cambio.gateway.management;

import dev.cambio.gateway.search.SearchField;
import dev.cambio.gateway.search.SearchField.Document;
import dev.cambio.gateway.search.SearchField.Flag;
import dev.cambio.gateway.search.SearchField.OfRelated;
import dev.cambio.gateway.search.SearchField.Text;
import dev.cambio.gateway.search.SearchField.Timestamp;
import dev.cambio.gateway.search.SearchField.WholeNumber;
import dev.cambio.gateway.search.SearchFields;
import dev.cambio.gateway.search.SortFields;
import dev.cambio.gateway.search.SortFields.Column;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * What users can be searched and sorted by, of rows {@code user_account u} (contract management-api
 * §2.7). Texts are ordered by code point; migration V4 has an index on the expression for emails.
 */
final class UserSearch {
  private static final List<String> FOLDED =
      List.of("email", "name", "given_name", "family_name", "nickname");
  private static final List<String> EXACT = List.of("username", "phone_number", "picture");
  private static final String OF_IDENTITIES =
      "exists (select from user_identity i where i.tenant_id = u.tenant_id"
          + " and i.user_id = u.user_id and ";

  static final SearchFields FIELDS = fields();
  static final SortFields SORT = sort();

  private UserSearch() {}

  private static SearchFields fields() {
    Map<String, SearchField> fields = new HashMap<>();
    fields.put("user_id", new Text("u.user_id", false));
    FOLDED.forEach(name -> fields.put(name, new Text(folded(profile(name)), true)));
    EXACT.forEach(name -> fields.put(name, new Text(profile(name), false)));
    fields.put(
        "email.domain", new Text(folded("split_part(" + profile("email") + ", '@', 2)"), true));
    fields.put("email_verified", flag("email_verified"));
    fields.put("phone_verified", flag("phone_verified"));
    fields.put("blocked", new Flag("u.blocked"));
    fields.put("logins_count", new WholeNumber("u.logins_count"));
    fields.put("last_login", new Timestamp("u.last_login"));
    fields.put("last_ip", new Text("u.last_ip", false));
    fields.put("created_at", new Timestamp("u.created_at"));
    fields.put("updated_at", new Timestamp("u.updated_at"));
    fields.put("identities.connection", identity("i.connection"));
    fields.put("identities.user_id", identity("i.identity_user_id"));
    fields.put("identities.provider", identity("(i.payload ->> 'provider')"));
    fields.put("user_metadata", new Document("u.user_metadata"));
    fields.put("app_metadata", new Document("u.app_metadata"));
    return new SearchFields(
        fields,
        List.of(
            "user_id",
            "email",
            "username",
            "phone_number",
            "name",
            "given_name",
            "family_name",
            "nickname"));
  }

  private static SortFields sort() {
    Map<String, Column> columns = new HashMap<>();
    FOLDED.forEach(name -> columns.put(name, new Column(folded(profile(name)), true)));
    EXACT.forEach(name -> columns.put(name, new Column(profile(name), true)));
    columns.put("user_id", new Column("u.user_id", false));
    columns.put("logins_count", new Column("u.logins_count", false));
    columns.put("last_login", new Column("u.last_login", true));
    columns.put("created_at", new Column("u.created_at", false));
    columns.put("updated_at", new Column("u.updated_at", false));
    return new SortFields(columns, "u.user_id");
  }

  private static String profile(String attribute) {
    return "(u.profile ->> '" + attribute + "')";
  }

  private static String folded(String sql) {
    return "(lower(" + sql + ") collate \"C\")";
  }

  /** Absent counts as false. */
  private static SearchField flag(String attribute) {
    return new Flag("coalesce(u.profile -> '" + attribute + "' = 'true'::jsonb, false)");
  }

  private static SearchField identity(String sql) {
    return new OfRelated(OF_IDENTITIES, new Text(sql, false), ")");
  }
}
