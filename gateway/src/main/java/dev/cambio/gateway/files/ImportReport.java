package dev.cambio.gateway.files;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** What an import did, entity by entity, and what it could not use or had to refuse. */
public final class ImportReport {
  private final List<Change> changes = new ArrayList<>();
  private final List<String> ignored = new ArrayList<>();
  private final List<String> refused = new ArrayList<>();

  /** What became of an entity. */
  public enum Outcome {
    CREATED,
    CHANGED,
    UNCHANGED
  }

  /**
   * One entity.
   *
   * @param kind e.g. {@code clients}
   * @param name as files name it
   * @param fields what changed, each as {@code field: before → after}; secrets are not shown
   */
  public record Change(String kind, String name, Outcome outcome, List<String> fields) {}

  void created(String kind, String name, JsonNode after) {
    changes.add(new Change(kind, name, Outcome.CREATED, List.of()));
  }

  void written(String kind, String name, JsonNode before, JsonNode after) {
    List<String> fields = Difference.of(before, after);
    changes.add(
        new Change(kind, name, fields.isEmpty() ? Outcome.UNCHANGED : Outcome.CHANGED, fields));
  }

  void ignore(Entry at, String reason) {
    ignored.add(at.path() + " (" + reason + ")");
  }

  void refuse(TenantImportException reason) {
    if (!(reason instanceof TenantImportException.Consequence)) {
      refused.add(String.valueOf(reason.getMessage()));
    }
  }

  /** Throws if anything was refused: one line for each. */
  void requireNothingRefused() {
    if (!refused.isEmpty()) {
      throw new TenantImportException(String.join("\n", refused));
    }
  }

  /** Entities that were created or changed. */
  public long written() {
    return changes.stream().filter(change -> change.outcome() != Outcome.UNCHANGED).count();
  }

  /** Every entity, in the order of the import. */
  public List<Change> changes() {
    return List.copyOf(changes);
  }

  /** What was ignored, and why; one line each. */
  public List<String> warnings() {
    return List.copyOf(ignored);
  }

  /** The report for programs. */
  public ObjectNode toJson() {
    ObjectNode json = JsonNodeFactory.instance.objectNode();
    ArrayNode entities = json.putArray("supported");
    for (Change change : changes) {
      ObjectNode entity = entities.addObject();
      entity.put("kind", change.kind()).put("name", change.name());
      entity.put("outcome", change.outcome().name().toLowerCase(Locale.ROOT));
      change.fields().forEach(entity.putArray("fields")::add);
    }
    ignored.forEach(json.putArray("ignored")::add);
    return json;
  }

  /** A line per kind, what was written of it, then what was ignored. */
  @Override
  public String toString() {
    Map<String, List<Change>> byKind = new LinkedHashMap<>();
    changes.forEach(
        change -> byKind.computeIfAbsent(change.kind(), kind -> new ArrayList<>()).add(change));
    StringBuilder text = new StringBuilder();
    byKind.forEach(
        (kind, of) -> {
          text.append(
              "%s: %d created, %d changed, %d unchanged%n"
                  .formatted(
                      kind,
                      count(of, Outcome.CREATED),
                      count(of, Outcome.CHANGED),
                      count(of, Outcome.UNCHANGED)));
          for (Change change : of) {
            if (change.outcome() != Outcome.UNCHANGED) {
              text.append(change.outcome() == Outcome.CREATED ? "  + " : "  ~ ")
                  .append(change.name())
                  .append('\n');
              change.fields().forEach(field -> text.append("      ").append(field).append('\n'));
            }
          }
        });
    ignored.forEach(reason -> text.append("ignored: ").append(reason).append('\n'));
    return text.toString();
  }

  private static long count(List<Change> changes, Outcome outcome) {
    return changes.stream().filter(change -> change.outcome() == outcome).count();
  }
}
