package dev.cambio.gateway.management;

import dev.cambio.gateway.search.SearchField;
import dev.cambio.gateway.search.SearchField.Text;
import dev.cambio.gateway.search.SearchField.Timestamp;
import dev.cambio.gateway.search.SearchFields;
import dev.cambio.gateway.search.SortFields;
import dev.cambio.gateway.search.SortFields.Column;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * What tenant logs can be searched and sorted by, of rows {@code tenant_log l} (contract
 * token-endpoint §10.4).
 */
final class LogSearch {
  private static final List<String> PAYLOAD =
      List.of(
          "client_id",
          "client_name",
          "connection",
          "connection_id",
          "description",
          "hostname",
          "ip",
          "organization_id",
          "user_id",
          "user_name",
          "user_agent",
          "strategy",
          "strategy_type");

  static final SearchFields FIELDS = fields();

  static final SortFields SORT =
      new SortFields(
          Map.of("date", new Column("l.date", false), "log_id", new Column("l.seq", false)),
          "l.seq");

  private LogSearch() {}

  private static SearchFields fields() {
    Map<String, SearchField> fields = new HashMap<>();
    PAYLOAD.forEach(name -> fields.put(name, new Text("(l.payload ->> '" + name + "')", false)));
    fields.put("type", new Text("l.type", false));
    fields.put("log_id", new Text("l.log_id", false));
    fields.put("date", new Timestamp("l.date"));
    return new SearchFields(
        fields,
        List.of("client_id", "client_name", "description", "ip", "type", "user_id", "user_name"));
  }
}
