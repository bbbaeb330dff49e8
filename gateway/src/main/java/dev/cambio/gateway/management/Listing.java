package dev.cambio.gateway.management;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.cambio.gateway.search.SearchFields;
import dev.cambio.gateway.search.SqlCondition;
import io.vertx.sqlclient.Row;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;

/**
 * A list of entities, in the three styles of paging (contract management-api §1.3). Conditions take
 * their values as parameters; SQL text comes from this program alone.
 */
public final class Listing {
  private static final int DEFAULT_PER_PAGE = 50;
  private static final int ACTIONS_PER_PAGE = 20;

  private final String key;
  private final String columns;
  private final String from;
  private final String createdAt;
  private final String id;
  private final StringBuilder where;
  private final List<Object> parameters = new ArrayList<>();
  private String order;

  private Listing(String key, String columns, String from, String alias, String id) {
    this.key = key;
    this.columns = columns;
    this.from = from;
    this.createdAt = alias + ".created_at";
    this.id = id;
    this.where = new StringBuilder(alias + ".tenant_id = $1");
    this.order = createdAt + ", " + id;
  }

  /**
   * A list of the tenant's rows, oldest first.
   *
   * @param key the member that holds the list in answers with totals, cursor or page
   * @param columns to select
   * @param from table and joins
   * @param alias the table of {@code from} that has {@code tenant_id} and {@code created_at}
   * @param id a text expression that is unique in the list
   */
  public static Listing of(String key, String columns, String from, String alias, String id) {
    return new Listing(key, columns, from, alias, id);
  }

  /**
   * Adds a condition.
   *
   * @param condition SQL in which {@code ?} stands for the value
   */
  public Listing where(String condition, Object value) {
    parameters.add(value);
    where.append(" and ").append(condition.replace("?", "$" + (parameters.size() + 1)));
    return this;
  }

  /** Adds a condition without a value. */
  public Listing where(String condition) {
    where.append(" and ").append(condition);
    return this;
  }

  /** Adds a search, as the call's author wrote it; refuses with 400 what cannot be understood. */
  public Listing search(String query, SearchFields fields) {
    SqlCondition condition = Searches.condition(query, fields, parameters.size() + 1);
    parameters.addAll(condition.parameters());
    return where(condition.sql());
  }

  /** Another order than by age, for lists by page. */
  public Listing orderBy(String sql) {
    order = sql;
    return this;
  }

  /** By page, or by cursor if the call asks for one with {@code take} or {@code from}. */
  public Answer pagesOrCursor(Call call, Function<Row, ? extends JsonNode> item) {
    return call.query().has("take") || call.query().has("from")
        ? cursor(call, item)
        : pages(call, item);
  }

  /** By {@code page} and {@code per_page}; a bare array unless {@code include_totals}. */
  public Answer pages(Call call, Function<Row, ? extends JsonNode> item) {
    int limit = call.query().number("per_page", DEFAULT_PER_PAGE);
    long start = (long) call.query().number("page", 0) * limit;
    ArrayNode items = page(call, item, limit, start);
    if (!call.query().flag("include_totals").orElse(false)) {
      return Answer.of(items);
    }
    ObjectNode body =
        JsonNodeFactory.instance
            .objectNode()
            .put("start", start)
            .put("limit", limit)
            .put("length", items.size())
            .put("total", total(call));
    body.set(key, items);
    return Answer.of(body);
  }

  /** By {@code page} and {@code per_page}, always with the total, as the Actions endpoints do. */
  public Answer actionPages(Call call, Function<Row, ? extends JsonNode> item) {
    int limit = call.query().number("per_page", ACTIONS_PER_PAGE);
    int page = call.query().number("page", 0);
    ArrayNode items = page(call, item, limit, (long) page * limit);
    ObjectNode body =
        JsonNodeFactory.instance
            .objectNode()
            .put("total", total(call))
            .put("page", page)
            .put("per_page", limit);
    body.set(key, items);
    return Answer.of(body);
  }

  /** By {@code take} and {@code from}: what is there throughout is seen exactly once. */
  public Answer cursor(Call call, Function<Row, ? extends JsonNode> item) {
    int take = call.query().number("take", DEFAULT_PER_PAGE);
    call.query()
        .text("from")
        .map(Cursor::parse)
        .ifPresent(
            after -> {
              parameters.add(after.createdAt());
              parameters.add(after.id());
              where.append(
                  " and (%s, %s) > ($%d, $%d)"
                      .formatted(createdAt, id, parameters.size(), parameters.size() + 1));
            });
    String sql =
        "select %s, %s as cursor_time, %s as cursor_id from %s where %s order by %s, %s limit %d"
            .formatted(columns, createdAt, id, from, where, createdAt, id, take + 1);
    List<Cursor> cursors = new ArrayList<>();
    ArrayNode items = JsonNodeFactory.instance.arrayNode();
    call.rows()
        .list(
            sql,
            row -> {
              cursors.add(
                  new Cursor(row.getOffsetDateTime("cursor_time"), row.getString("cursor_id")));
              return items.add(item.apply(row));
            },
            parameters.toArray());
    ObjectNode body = JsonNodeFactory.instance.objectNode();
    if (items.size() > take) {
      items.remove(take);
      body.put("next", cursors.get(take - 1).text());
    }
    body.set(key, items);
    return Answer.of(body);
  }

  private ArrayNode page(Call call, Function<Row, ? extends JsonNode> item, int limit, long start) {
    ArrayNode items = JsonNodeFactory.instance.arrayNode();
    String sql =
        "select %s from %s where %s order by %s limit %d offset %d"
            .formatted(columns, from, where, order, limit, start);
    call.rows().list(sql, row -> items.add(item.apply(row)), parameters.toArray());
    return items;
  }

  private long total(Call call) {
    return call.rows()
        .first(
            "select count(*) from %s where %s".formatted(from, where),
            row -> row.getLong(0),
            parameters.toArray())
        .orElse(0L);
  }
}
