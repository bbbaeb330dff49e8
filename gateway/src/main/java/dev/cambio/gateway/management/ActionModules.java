package dev.cambio.gateway.management;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;

/** Modules of Actions: none yet (contract actions-runtime §2.7). */
final class ActionModules implements Operations.Resource {
  private static final int PER_PAGE = 20;

  @Override
  public void register(Operations operations) {
    operations
        .on("listActionModules", call -> empty(call, "modules"))
        .on("listActionModuleVersions", call -> empty(call, "versions"));
  }

  private static Answer empty(Call call, String key) {
    ObjectNode body =
        JsonNodeFactory.instance
            .objectNode()
            .put("total", 0)
            .put("page", call.query().number("page", 0))
            .put("per_page", call.query().number("per_page", PER_PAGE));
    body.putArray(key);
    return Answer.of(body);
  }
}
