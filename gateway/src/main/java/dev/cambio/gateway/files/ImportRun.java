package dev.cambio.gateway.files;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.cambio.gateway.management.ManagementException;
import dev.cambio.gateway.management.ManagementSession;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * One import, in its transaction: calls operations of the Management API as a deployment tool would
 * and reports what each entity became.
 */
final class ImportRun {
  private static final int PAGE = 100;

  private final ManagementSession session;
  private final TenantFiles files;
  private final ImportReport report;
  private final boolean allowSampleSecrets;

  ImportRun(
      ManagementSession session,
      TenantFiles files,
      ImportReport report,
      boolean allowSampleSecrets) {
    this.session = session;
    this.files = files;
    this.report = report;
    this.allowSampleSecrets = allowSampleSecrets;
  }

  TenantFiles files() {
    return files;
  }

  ImportReport report() {
    return report;
  }

  /** Imports entries one by one; what is refused is noted, so that all faults are told at once. */
  void each(List<Entry> entries, Consumer<Entry> importer) {
    for (Entry entry : entries) {
      try {
        importer.accept(entry);
      } catch (TenantImportException e) {
        report.refuse(e);
      }
    }
  }

  /** Complains about a secret that is published, unless this is the quickstart. */
  void checkSecret(Entry entry, String member) {
    if (!allowSampleSecrets) {
      SampleSecrets.refuse(entry, member);
    }
  }

  /** Calls an operation; its refusal names the entry's place. */
  JsonNode call(Entry at, String operation, Map<String, String> path, JsonNode body) {
    return complaining(at, () -> session.call(operation, path, body));
  }

  /** Creates something. */
  JsonNode create(Entry at, String operation, JsonNode body, Optional<String> id) {
    return complaining(at, () -> session.create(operation, body, id));
  }

  /** The body of a call that has none. */
  JsonNode nothing() {
    return MissingNode.getInstance();
  }

  /** Reads something. */
  JsonNode get(String operation, Map<String, String> path) {
    return session.call(operation, path, Map.of());
  }

  /** Every entity of a list by pages. */
  List<ObjectNode> pages(
      String operation, String key, Map<String, String> path, Map<String, String> query) {
    List<ObjectNode> all = new ArrayList<>();
    for (int page = 0; ; page++) {
      Map<String, String> parameters = new LinkedHashMap<>(query);
      parameters.put("page", Integer.toString(page));
      parameters.put("per_page", Integer.toString(PAGE));
      JsonNode answer = session.call(operation, path, parameters);
      JsonNode items = answer.isArray() ? answer : answer.path(key);
      items.forEach(item -> all.add((ObjectNode) item));
      if (items.size() < PAGE) {
        return all;
      }
    }
  }

  /** Every entity of a list by cursor. */
  List<ObjectNode> cursor(String operation, String key, Map<String, String> path) {
    List<ObjectNode> all = new ArrayList<>();
    String from = "";
    do {
      Map<String, String> parameters = new LinkedHashMap<>();
      parameters.put("take", Integer.toString(PAGE));
      if (!from.isEmpty()) {
        parameters.put("from", from);
      }
      JsonNode answer = session.call(operation, path, parameters);
      answer.path(key).forEach(item -> all.add((ObjectNode) item));
      from = answer.path("next").asText("");
    } while (!from.isEmpty());
    return all;
  }

  private static <T> T complaining(Entry at, Supplier<T> call) {
    try {
      return call.get();
    } catch (ManagementException e) {
      throw e.violation()
          .map(
              violation ->
                  (violation.path().isEmpty() ? at : at.at(violation.path()))
                      .problem(violation.detail()))
          .orElseGet(() -> at.problem(e.message()));
    }
  }
}
