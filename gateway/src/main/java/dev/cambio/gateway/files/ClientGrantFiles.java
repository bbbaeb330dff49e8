package dev.cambio.gateway.files;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** What clients may ask of APIs, matched by client, audience and subject type. */
final class ClientGrantFiles {
  private static final String KIND = "client grants";
  private static final Set<String> KEY = Set.of("id", "client_id", "audience", "subject_type");

  private final ImportRun run;
  private final ClientFiles clients;
  private final Map<Key, ObjectNode> stored = new HashMap<>();

  private record Key(String clientId, String audience, String subjectType) {}

  ClientGrantFiles(ImportRun run, ClientFiles clients) {
    this.run = run;
    this.clients = clients;
    run.cursor("listClientGrants", "client_grants", Map.of())
        .forEach(
            grant ->
                stored.put(
                    new Key(
                        grant.path("client_id").asText(),
                        grant.path("audience").asText(),
                        grant.path("subject_type").asText("client")),
                    grant));
  }

  void importAll(Entry root) {
    Set<Key> seen = new HashSet<>();
    run.each(root.list("clientGrants"), entry -> importOne(entry, seen));
  }

  private void importOne(Entry entry, Set<Key> seen) {
    Key key =
        new Key(
            clients.require(entry, "client_id", entry.text("client_id")),
            entry.text("audience"),
            entry.optionalText("subject_type").orElse("client"));
    run.requireNotRefused(entry, key.audience());
    if (!seen.add(key)) {
      throw entry.problem("an earlier grant is for the same client, audience and subject_type");
    }
    String name = entry.text("client_id") + " for " + key.audience();
    ObjectNode before = stored.get(key);
    if (before == null) {
      ObjectNode body = entry.without(Set.of("id")).put("client_id", key.clientId());
      ObjectNode created =
          (ObjectNode) run.create(entry, "createClientGrant", body, Optional.empty());
      stored.put(key, created);
      run.report().created(KIND, name, created);
    } else {
      ObjectNode body = entry.without(KEY);
      ObjectNode after =
          body.isEmpty()
              ? before
              : (ObjectNode)
                  run.call(
                      entry, "updateClientGrant", Map.of("id", before.path("id").asText()), body);
      run.report().written(KIND, name, before, after);
    }
  }

  /** The grants of a client, for organizations that name them by it. */
  Map<String, ObjectNode> of(String clientId) {
    Map<String, ObjectNode> grants = new HashMap<>();
    stored.forEach(
        (key, grant) -> {
          if (key.clientId().equals(clientId)) {
            grants.put(grant.path("id").asText(), grant);
          }
        });
    return grants;
  }
}
