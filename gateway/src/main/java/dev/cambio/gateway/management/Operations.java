package dev.cambio.gateway.management;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/** The operations of the document with what does them: no one without the other. */
public final class Operations {
  private final Map<String, Operation> declared = new HashMap<>();
  private final Map<String, Handler> handlers = new HashMap<>();
  private final OpenApi api;

  /** Does one operation. */
  @FunctionalInterface
  public interface Handler {
    /** Answers, or throws a {@link ManagementException}. */
    Answer handle(Call call);
  }

  /** An operation that a path leads to. */
  record Match(Operation operation, Map<String, String> path) {}

  private Operations(OpenApi api) {
    this.api = api;
    api.operations().forEach(operation -> declared.put(operation.id(), operation));
  }

  /**
   * The operations of a document.
   *
   * @param resources each registers what it does
   * @throws IllegalStateException if one is declared and not done, or done and not declared
   */
  public static Operations of(OpenApi api, List<? extends Resource> resources) {
    Operations operations = new Operations(api);
    resources.forEach(resource -> resource.register(operations));
    if (!operations.handlers.keySet().equals(operations.declared.keySet())) {
      Set<String> difference = new TreeSet<>(operations.declared.keySet());
      difference.removeAll(operations.handlers.keySet());
      throw new IllegalStateException("declared, but not done: " + difference);
    }
    return operations;
  }

  /** One kind of entity. */
  public interface Resource {
    /** Registers the operations it does. */
    void register(Operations operations);
  }

  /** Registers what does an operation. */
  public Operations on(String operationId, Handler handler) {
    if (!declared.containsKey(operationId)) {
      throw new IllegalStateException("done, but not declared: " + operationId);
    }
    if (handlers.put(operationId, handler) != null) {
      throw new IllegalStateException("done twice: " + operationId);
    }
    return this;
  }

  OpenApi api() {
    return api;
  }

  Operation operation(String id) {
    return Optional.ofNullable(declared.get(id))
        .orElseThrow(() -> new IllegalArgumentException("no operation " + id));
  }

  Handler handler(Operation operation) {
    return Optional.ofNullable(handlers.get(operation.id()))
        .orElseThrow(() -> new IllegalArgumentException("no operation " + operation.id()));
  }

  /** The operation at a path; path parameters are still encoded. */
  Match match(String method, String path) {
    List<String> segments = List.of(path.substring(1).split("/", -1));
    List<Match> atPath = new ArrayList<>();
    for (Operation operation : declared.values()) {
      operation.match(segments).ifPresent(values -> atPath.add(new Match(operation, values)));
    }
    if (atPath.isEmpty()) {
      throw ManagementException.of(404, null, "Not Found");
    }
    return atPath.stream()
        .filter(match -> match.operation().method().equals(method))
        .max(Comparator.comparingLong(match -> match.operation().fixedSegments()))
        .orElseThrow(() -> methodNotAllowed(atPath));
  }

  private static ManagementException methodNotAllowed(List<Match> atPath) {
    Set<String> allowed = new TreeSet<>();
    atPath.forEach(match -> allowed.add(match.operation().method()));
    return ManagementException.of(405, null, "Method Not Allowed")
        .header("Allow", String.join(", ", allowed));
  }
}
