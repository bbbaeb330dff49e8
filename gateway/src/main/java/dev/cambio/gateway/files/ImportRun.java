package dev.cambio.gateway.files;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import dev.cambio.gateway.files.TenantImportException.Consequence;
import dev.cambio.gateway.management.ManagementException;
import dev.cambio.gateway.management.ManagementSession;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * One import, in its transaction: calls operations of the Management API as a deployment tool would
 * and reports what each entity became.
 */
final class ImportRun extends EntityReader {
  /** By what entries refer to each other. */
  private static final List<String> NAMES = List.of("name", "client_id", "identifier");

  private final TenantFiles files;
  private final ImportReport report;
  private final boolean allowSampleSecrets;
  private final Set<String> refused = new HashSet<>();

  ImportRun(
      ManagementSession session,
      TenantFiles files,
      ImportReport report,
      boolean allowSampleSecrets) {
    super(session);
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
        NAMES.forEach(name -> refused.add(entry.json().path(name).asText()));
        report.refuse(e);
      }
    }
  }

  /** The complaint about a name that nothing has; told only if nothing of that name was refused. */
  TenantImportException unknown(Entry at, String name, String complaint) {
    TenantImportException fault = at.problem(complaint);
    return refused.contains(name) ? new Consequence(fault) : fault;
  }

  /** Skips what names something that was refused. */
  void requireNotRefused(Entry at, String name) {
    if (refused.contains(name)) {
      throw unknown(at, name, "'" + name + "' was refused");
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
    return complaining(at, () -> session().call(operation, path, body));
  }

  /** Creates something. */
  JsonNode create(Entry at, String operation, JsonNode body, Optional<String> id) {
    return complaining(at, () -> session().create(operation, body, id));
  }

  /** The body of a call that has none. */
  JsonNode nothing() {
    return MissingNode.getInstance();
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
