package dev.cambio.gateway.action;

import dev.cambio.gateway.store.SecretSeal;
import dev.cambio.gateway.store.TenantQueries;
import dev.cambio.model.action.ActionProgram;
import io.vertx.core.buffer.Buffer;
import io.vertx.sqlclient.Row;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/** Secrets of modules of Actions, for the runs of Actions that use them. */
public final class ModuleSecrets {
  private ModuleSecrets() {}

  /** Those of some versions of modules, by {@link ActionProgram#moduleSecret names of modules}. */
  public static Map<String, String> of(TenantQueries rows, SecretSeal seal, String[] versionIds) {
    Map<String, String> secrets = new HashMap<>();
    if (versionIds.length > 0) {
      rows.list(
              """
              select m.id, m.name, v.sealed_secrets from action_module_version v
              join action_module m on m.tenant_id = v.tenant_id and m.id = v.module_id
              where v.tenant_id = $1 and v.id = any($2)
              """,
              row -> secrets(rows.tenantId(), seal, row),
              (Object) versionIds)
          .forEach(secrets::putAll);
    }
    return secrets;
  }

  private static Map<String, String> secrets(String tenantId, SecretSeal seal, Row row) {
    Map<String, String> named = new HashMap<>();
    Optional.ofNullable(row.getBuffer("sealed_secrets"))
        .map(Buffer::getBytes)
        .map(bytes -> seal.open(bytes, Actions.secretsContext(tenantId, row.getString("id"))))
        .map(Actions::secrets)
        .orElse(Map.of())
        .forEach(
            (name, value) ->
                named.put(ActionProgram.moduleSecret(row.getString("name"), name), value));
    return named;
  }
}
