package dev.cambio.gateway.management;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.cambio.gateway.search.SqlCondition;
import dev.cambio.gateway.store.Payload;
import io.vertx.sqlclient.Row;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Tenant logs, read (contract management-api §2.11). */
final class LogEntries implements Operations.Resource {
  /** Most results of a search, over all its pages. */
  private static final int WINDOW = 1000;

  private static final int DEFAULT_PER_PAGE = 50;
  private static final String COLUMNS = "l.log_id, l.date, l.type, l.payload::text";
  private static final Pattern LOG_ID = Pattern.compile("900([0-9]{20})");

  @Override
  public void register(Operations operations) {
    operations.on("listLogs", this::list).on("getLog", this::get).on("listUserLogs", this::ofUser);
  }

  private Answer list(Call call) {
    return call.query().has("from") || call.query().has("take") ? readOn(call) : search(call);
  }

  /**
   * From a checkpoint. Entries become visible in any order, as their transactions end; only those
   * are answered that none can come before any more, so that nobody misses one.
   */
  private Answer readOn(Call call) {
    int take = call.query().number("take", DEFAULT_PER_PAGE);
    Optional<String> from = call.query().text("from");
    long after = from.map(id -> sequence(id).orElseThrow(LogEntries::notALogId)).orElse(0L);
    long settled =
        call.rows()
            .first(
                "select $1::text as tenant, tenant_log_settled() as settled",
                row -> row.getLong("settled"))
            .orElseThrow();
    ArrayNode entries = JsonNodeFactory.instance.arrayNode();
    call.rows()
        .list(
            "select "
                + COLUMNS
                + " from tenant_log l where l.tenant_id = $1 and l.seq > $2 and l.seq <= $3"
                + " order by l.seq limit $4",
            row -> entries.add(entry(row)),
            after,
            settled,
            (long) take);
    Optional<String> last =
        entries.isEmpty()
            ? from
            : Optional.of(entries.get(entries.size() - 1).path("log_id").textValue());
    String next =
        call.issuer()
            + "api/v2/logs?"
            + last.map(id -> "from=" + id + "&").orElse("")
            + "take="
            + take;
    return Answer.of(entries).header("Link", "<" + next + ">; rel=\"next\"");
  }

  private Answer search(Call call) {
    String query = call.query().text("q").or(() -> call.query().text("search")).orElse("");
    return pages(call, Searches.condition(query, LogSearch.FIELDS, 1));
  }

  private Answer ofUser(Call call) {
    return pages(
        call, new SqlCondition("(l.payload ->> 'user_id') = $2", List.of(call.path("id"))));
  }

  private Answer pages(Call call, SqlCondition condition) {
    int limit = call.query().number("per_page", DEFAULT_PER_PAGE);
    long start = (long) call.query().number("page", 0) * limit;
    String order = Searches.order(call, LogSearch.SORT).orElse("l.date desc, l.seq desc");
    String rows = " from tenant_log l where l.tenant_id = $1 and " + condition.sql();
    Object[] parameters = condition.parameters().toArray();
    ArrayNode entries = JsonNodeFactory.instance.arrayNode();
    long within = Math.min(limit, WINDOW - start);
    if (within > 0) {
      call.rows()
          .list(
              "select %s%s order by %s limit %d offset %d"
                  .formatted(COLUMNS, rows, order, within, start),
              row -> entries.add(Fields.of(call, entry(row))),
              parameters);
    }
    if (!call.query().flag("include_totals").orElse(false)) {
      return Answer.of(entries);
    }
    long total =
        call.rows()
            .first(
                "select count(*) from (select" + rows + " limit " + WINDOW + ") found",
                row -> row.getLong(0),
                parameters)
            .orElse(0L);
    ObjectNode body =
        JsonNodeFactory.instance
            .objectNode()
            .put("start", start)
            .put("limit", limit)
            .put("length", entries.size())
            .put("total", total);
    body.set("logs", entries);
    return Answer.of(body);
  }

  private Answer get(Call call) {
    return sequence(call.path("id"))
        .flatMap(
            sequence ->
                call.rows()
                    .first(
                        "select "
                            + COLUMNS
                            + " from tenant_log l where l.tenant_id = $1 and l.seq = $2",
                        row -> Answer.of(entry(row)),
                        sequence))
        .orElseThrow(() -> ManagementException.notFound("log", "Log not found."));
  }

  /** What a log_id is made of; empty for a text that is none. */
  private static Optional<Long> sequence(String logId) {
    Matcher matcher = LOG_ID.matcher(logId);
    try {
      return matcher.matches() ? Optional.of(Long.valueOf(matcher.group(1))) : Optional.empty();
    } catch (NumberFormatException e) { // 20 digits are a few more than a long has
      return Optional.empty();
    }
  }

  private static ManagementException notALogId() {
    return ManagementException.of(
        400, "invalid_paging", "Query validation error: 'Not a log_id' on property from.");
  }

  private static ObjectNode entry(Row row) {
    String id = row.getString("log_id");
    ObjectNode entry =
        JsonNodeFactory.instance
            .objectNode()
            .put("date", Dates.text(row.getOffsetDateTime("date")))
            .put("type", row.getString("type"));
    entry.setAll(Payload.object(row, "payload"));
    // The API and log streams name it differently.
    JsonNode mobile = entry.remove("is_mobile");
    if (mobile != null) {
      entry.set("isMobile", mobile);
    }
    return entry.put("log_id", id).put("_id", id);
  }
}
