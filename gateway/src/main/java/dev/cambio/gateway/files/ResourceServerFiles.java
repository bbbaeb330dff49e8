package dev.cambio.gateway.files;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** APIs, matched by identifier. */
record ResourceServerFiles(ImportRun run) {
  private static final String KIND = "resource servers";

  void importAll(Entry root) {
    run.each(root.distinct("resourceServers", "identifier"), this::importOne);
  }

  private void importOne(Entry entry) {
    if (entry.flag("is_system", false)) {
      run.report().ignore(entry, "the Management API comes with the tenant");
      return;
    }
    run.checkSecret(entry, "signing_secret");
    String identifier = entry.text("identifier");
    Optional<ObjectNode> stored =
        run
            .pages(
                "listResourceServers",
                "resource_servers",
                Map.of(),
                Map.of("identifiers", identifier))
            .stream()
            .findFirst();
    if (stored.isEmpty()) {
      ObjectNode created =
          (ObjectNode)
              run.create(
                  entry,
                  "createResourceServer",
                  entry.without(Set.of("id", "is_system")),
                  Optional.empty());
      run.report().created(KIND, identifier, created);
    } else {
      Map<String, String> id = Map.of("id", stored.get().path("id").asText());
      ObjectNode body = entry.without(Set.of("id", "is_system", "identifier"));
      run.report()
          .written(
              KIND, identifier, stored.get(), run.call(entry, "updateResourceServer", id, body));
    }
  }
}
