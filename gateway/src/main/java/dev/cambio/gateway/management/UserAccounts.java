package dev.cambio.gateway.management;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;

/** Users (contract management-api §2.7). */
final class UserAccounts implements Operations.Resource {
  private static final int DEFAULT_PER_PAGE = 50;

  /** Pages reach no further; sorting and skipping stay cheap. */
  private static final int WINDOW = 1000;

  private final NewAccount creation;
  private final AccountChange change;

  UserAccounts(Ids ids, Passwords passwords) {
    this.creation = new NewAccount(ids, passwords);
    this.change = new AccountChange(passwords);
  }

  @Override
  public void register(Operations operations) {
    operations
        .on("listUsers", UserAccounts::list)
        .on("listUsersByEmail", UserAccounts::listByEmail)
        .on("createUser", creation::create)
        .on("getUser", call -> Answer.of(Fields.of(call, UserRows.require(call, call.path("id")))))
        .on("updateUser", change::update)
        .on("deleteUser", UserAccounts::delete);
  }

  private static Answer list(Call call) {
    long perPage = call.query().number("per_page", DEFAULT_PER_PAGE);
    if (call.query().number("page", 0) * perPage + perPage > WINDOW) {
      throw ManagementException.of(
          400,
          "invalid_paging",
          "You can only page through the first 1000 records. See"
              + " https://auth0.com/docs/users/search/v3/view-search-results-by-page#limitation");
    }
    Listing list = Listing.of("users", UserRows.COLUMNS, "user_account u", "u", "u.user_id");
    call.query().text("q").ifPresent(query -> list.search(query, UserSearch.FIELDS));
    call.query()
        .text("connection")
        .ifPresent(
            connection ->
                list.where(
                    "exists (select from user_identity i where i.tenant_id = u.tenant_id"
                        + " and i.user_id = u.user_id and i.connection = ?)",
                    connection));
    Searches.order(call, UserSearch.SORT).ifPresent(list::orderBy);
    return list.pages(call, row -> Fields.of(call, UserRows.json(row)));
  }

  /** By the index that ignores case, and then exactly. */
  private static Answer listByEmail(Call call) {
    ArrayNode users = JsonNodeFactory.instance.arrayNode();
    call.rows()
        .list(
            "select "
                + UserRows.COLUMNS
                + """
                 from user_account u
                where u.tenant_id = $1
                  and (lower(u.profile ->> 'email') collate "C") = lower($2::text)
                  and u.profile ->> 'email' = $2::text
                order by u.created_at, u.user_id limit 1000
                """,
            row -> users.add(Fields.of(call, UserRows.json(row))),
            call.query().text("email").orElseThrow());
    return Answer.of(users);
  }

  /** What is theirs goes with the row; log entries about them stay. */
  private static Answer delete(Call call) {
    call.rows()
        .execute("delete from user_account where tenant_id = $1 and user_id = $2", call.path("id"));
    return Answer.empty();
  }
}
