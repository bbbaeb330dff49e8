package dev.cambio.gateway.user;

import dev.cambio.gateway.search.SearchField;
import dev.cambio.gateway.search.SearchField.Document;
import dev.cambio.gateway.search.SearchField.Flag;
import dev.cambio.gateway.search.SearchField.FoldedText;
import dev.cambio.gateway.search.SearchField.OfRelated;
import dev.cambio.gateway.search.SearchField.Text;
import dev.cambio.gateway.search.SearchField.Timestamp;
import dev.cambio.gateway.search.SearchField.WholeNumber;
import dev.cambio.gateway.search.SearchFields;
import dev.cambio.gateway.search.SortFields;
import dev.cambio.gateway.search.SortFields.Column;
import java.util.List;
import java.util.Map;

/** What users can be searched and sorted by, of rows {@code user_account u} (§2.7). */
final class UserSearch {
  private static final String IDENTITY_WHERE =
      "exists (select from user_identity i where i.tenant_id = u.tenant_id"
          + " and i.user_id = u.user_id and ";

  static final SearchFields FIELDS =
      new SearchFields(
          Map.ofEntries(
              Map.entry("user_id", new Text("u.user_id")),
              Map.entry("email", new FoldedText(profile("email"))),
              Map.entry(
                  "email.domain", new FoldedText("split_part(" + profile("email") + ", '@', 2)")),
              Map.entry("email_verified", flag("email_verified")),
              Map.entry("username", new Text(profile("username"))),
              Map.entry("phone_number", new Text(profile("phone_number"))),
              Map.entry("phone_verified", flag("phone_verified")),
              Map.entry("name", new FoldedText(profile("name"))),
              Map.entry("given_name", new FoldedText(profile("given_name"))),
              Map.entry("family_name", new FoldedText(profile("family_name"))),
              Map.entry("nickname", new FoldedText(profile("nickname"))),
              Map.entry("picture", new Text(profile("picture"))),
              Map.entry("blocked", new Flag("u.blocked")),
              Map.entry("logins_count", new WholeNumber("u.logins_count")),
              Map.entry("last_login", new Timestamp("u.last_login")),
              Map.entry("last_ip", new Text("u.last_ip")),
              Map.entry("created_at", new Timestamp("u.created_at")),
              Map.entry("updated_at", new Timestamp("u.updated_at")),
              Map.entry("identities.connection", identity("i.connection")),
              Map.entry("identities.user_id", identity("i.identity_user_id")),
              Map.entry("identities.provider", identity("i.payload ->> 'provider'")),
              Map.entry("user_metadata", new Document("u.user_metadata")),
              Map.entry("app_metadata", new Document("u.app_metadata"))),
          List.of(
              "user_id",
              "email",
              "username",
              "phone_number",
              "name",
              "given_name",
              "family_name",
              "nickname"));

  static final SortFields SORT =
      new SortFields(
          Map.ofEntries(
              Map.entry("user_id", new Column("u.user_id", false)),
              Map.entry("email", new Column("lower(" + profile("email") + ")", true)),
              Map.entry("username", new Column(profile("username"), true)),
              Map.entry("phone_number", new Column(profile("phone_number"), true)),
              Map.entry("name", new Column("lower(" + profile("name") + ")", true)),
              Map.entry("given_name", new Column("lower(" + profile("given_name") + ")", true)),
              Map.entry("family_name", new Column("lower(" + profile("family_name") + ")", true)),
              Map.entry("nickname", new Column("lower(" + profile("nickname") + ")", true)),
              Map.entry("logins_count", new Column("u.logins_count", false)),
              Map.entry("last_login", new Column("u.last_login", true)),
              Map.entry("created_at", new Column("u.created_at", false)),
              Map.entry("updated_at", new Column("u.updated_at", false))),
          "u.user_id");

  private UserSearch() {}

  private static String profile(String attribute) {
    return "(u.profile ->> '" + attribute + "')";
  }

  /** Absent counts as false. */
  private static SearchField flag(String attribute) {
    return new Flag("coalesce(u.profile -> '" + attribute + "' = 'true'::jsonb, false)");
  }

  private static SearchField identity(String sql) {
    return new OfRelated(IDENTITY_WHERE, new Text(sql), ")");
  }
}
