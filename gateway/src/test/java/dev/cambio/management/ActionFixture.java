package dev.cambio.management;

import static dev.cambio.management.Administrator.unique;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.cambio.management.Administrator.Response;
import java.util.ArrayList;
import java.util.List;

/** Actions for one test, gone after it: a tenant may have no more than 100. */
final class ActionFixture implements AutoCloseable {
  static final String EXCHANGE = "custom-token-exchange";
  static final String POST_LOGIN = "post-login";

  private final Administrator admin;
  private final List<String> paths = new ArrayList<>();

  ActionFixture(Administrator admin) {
    this.admin = admin;
  }

  /** A body that creates an Action of a new name. */
  static ObjectNode body(String trigger, String code) {
    ObjectNode body =
        JsonNodeFactory.instance.objectNode().put("name", unique("action")).put("code", code);
    body.putArray("supported_triggers").addObject().put("id", trigger);
    return body;
  }

  /** An Action that is built. */
  JsonNode create(String trigger, String code) {
    return create(body(trigger, code));
  }

  JsonNode create(ObjectNode body) {
    Response created = admin.post("/actions/actions", body);
    assertThat(created.status()).as("%s", created.body()).isEqualTo(201);
    return cleaned("/actions/actions/", created.body());
  }

  /** An Action that serves; the Action as it is afterwards. */
  JsonNode deployed(String trigger, String code) {
    String path = path(create(trigger, code));
    assertThat(admin.post(path + "/deploy", "{}").status()).isEqualTo(200);
    return admin.get(path).body();
  }

  /** A profile for an Action; its subject token type. */
  String profile(JsonNode action) {
    String type = "urn:test:" + unique("type");
    ObjectNode body =
        JsonNodeFactory.instance
            .objectNode()
            .put("name", unique("profile"))
            .put("subject_token_type", type)
            .put("action_id", action.path("id").asText())
            .put("type", "custom_authentication");
    Response created = admin.post("/token-exchange-profiles", body);
    assertThat(created.status()).as("%s", created.body()).isEqualTo(201);
    cleaned("/token-exchange-profiles/", created.body());
    return type;
  }

  static String path(JsonNode action) {
    return "/actions/actions/" + action.path("id").asText();
  }

  private JsonNode cleaned(String collection, JsonNode created) {
    paths.add(collection + created.path("id").asText());
    return created;
  }

  @Override
  public void close() {
    paths.forEach(path -> admin.delete(path.contains("actions") ? path + "?force=true" : path));
  }
}
