package dev.cambio.management;

import static dev.cambio.management.Administrator.segment;
import static dev.cambio.management.Administrator.unique;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.cambio.e2e.Exchanges;
import dev.cambio.e2e.TestNode;
import dev.cambio.management.Administrator.Response;
import dev.cambio.model.bus.Json;
import java.io.IOException;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@DisplayName("Users, contract management-api §2.7")
class UsersIT {
  private static final String DATABASE = "'connection':'Username-Password-Authentication'";

  private final Administrator admin = Administrator.quickstart();
  private final String email = unique("User") + "@acme.example";

  private Response create(String more) {
    return admin.post("/users", "{" + DATABASE + ",'email':'" + email + "'" + more + "}");
  }

  private String created(String more) {
    Response created = create(more);
    assertThat(created.status()).as(created.body().toString()).isEqualTo(201);
    return "/users/" + segment(created.body().path("user_id").asText());
  }

  private static JsonNode json(String text) {
    try {
      return Json.parse(text.replace('\'', '"'));
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  @Test
  @DisplayName("§2.7 create answers 201 with the user, who is then found by the encoded id")
  void creates() {
    Response created =
        create(
            ",'user_id':'"
                + unique("id")
                + "','name':'Jo','email_verified':true,'blocked':true,"
                + "'user_metadata':{'a':1,'b':null},'app_metadata':{'c':{'d':[]}},"
                + "'verify_email':true");

    assertThat(created.status()).isEqualTo(201);
    JsonNode user = created.body();
    assertThat(user.path("user_id").asText()).startsWith("auth0|id-");
    assertThat(user.path("email").asText()).isEqualTo(email);
    assertThat(user.path("email_verified").asBoolean()).isTrue();
    assertThat(user.path("name").asText()).isEqualTo("Jo");
    assertThat(user.path("blocked").asBoolean()).isTrue();
    assertThat(user.path("logins_count").asInt(-1)).isZero();
    assertThat(user.has("last_login")).isFalse();
    assertThat(user.has("verify_email")).isFalse();
    assertThat(user.path("created_at").asText())
        .matches("\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d\\.\\d{3}Z")
        .isEqualTo(user.path("updated_at").asText());
    assertThat(user.get("user_metadata")).isEqualTo(json("{'a':1}"));
    assertThat(user.get("app_metadata")).isEqualTo(json("{'c':{'d':[]}}"));
    String id = user.path("user_id").asText();
    assertThat(user.get("identities"))
        .isEqualTo(
            json(
                "[{"
                    + DATABASE
                    + ",'provider':'auth0','user_id':'"
                    + id.substring(6)
                    + "','isSocial':false}]"));
    assertThat(admin.get("/users/" + segment(id)).body()).isEqualTo(user);
    assertThat(admin.get("/users/" + id.replace("|", "%7c")).body()).isEqualTo(user);
  }

  @Test
  @DisplayName("§1.4 without user_id an id of 24 hexadecimal digits is made")
  void makesIds() {
    assertThat(create("").body().path("user_id").asText()).matches("auth0\\|[0-9a-f]{24}");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '!',
      quoteCharacter = '~',
      value = {
        "{'email':'a@b.cd'}!Payload validation error: 'Missing required property: connection'.",
        "{'connection':'nope','email':'a@b.cd'}!Connection does not exist.",
        "{'connection':'nope\\u0000'}!Payload validation error: 'String contains a character that"
            + " is not allowed' on property connection.",
        "{C,'email':'no mail'}!Payload validation error: 'Object didn't pass validation for format"
            + " email' on property email.",
        "{C}!Payload validation error: 'Missing required property: email'.",
        "{C,'email':'a@b.cd','username':'x'}!Cannot set username for connection without"
            + " requires_username.",
        "{C,'email':'a@b.cd','phone_number':'+4912'}!Cannot set phone_number for connection"
            + " without phone_number as identifier.",
        "{C,'email':'a@b.cd','phone_number':'12'}!Payload validation error: 'String does not match"
            + " pattern: ^\\+[0-9]{1,15}$' on property phone_number.",
        "{C,'email':'a@b.cd','user_id':'a b'}!Payload validation error: 'String does not match"
            + " pattern: ^\\S*$' on property user_id.",
        "{C,'email':'a@b.cd','picture':'no uri'}!Payload validation error: 'Object didn't pass"
            + " validation for format uri' on property picture.",
        "{C,'email':'a@b.cd','admin':true}!Payload validation error: 'Additional properties not"
            + " allowed: admin'.",
        "{C,'email':'a@b.cd','user_metadata':[]}!Payload validation error: 'Expected type object"
            + " but found type array' on property user_metadata.",
        "{'connection':'acme-idp','email':'a@b.cd','password':'p'}!Cannot set password for a"
            + " connection that is no database.",
      })
  @DisplayName("§2.7 what does not fit the schema or the connection is refused with 400")
  void refusesMisfits(String body, String message) {
    Response refused =
        admin.post("/users", body.replace("C,", DATABASE + ",").replace("{C", "{" + DATABASE));

    assertThat(refused.status()).isEqualTo(400);
    assertThat(refused.message()).endsWith(message);
    assertThat(refused.errorCode()).isEqualTo("invalid_body");
  }

  @Test
  @DisplayName("§2.7 the same email in the connection, in any case, or the same id: 409")
  void refusesDuplicates() {
    String id = unique("id");
    create(",'user_id':'" + id + "'");

    Response sameEmail =
        admin.post("/users", "{" + DATABASE + ",'email':'" + email.toUpperCase(Locale.ROOT) + "'}");
    Response sameId =
        admin.post("/users", "{" + DATABASE + ",'email':'x" + email + "','user_id':'" + id + "'}");

    for (Response refused : List.of(sameEmail, sameId)) {
      assertThat(refused.status()).isEqualTo(409);
      assertThat(refused.message()).isEqualTo("The user already exists.");
      assertThat(refused.errorCode()).isEqualTo("auth0_idp_error");
    }
    assertThat(admin.get("/users-by-email?email=x" + email).body()).isEmpty();
    String elsewhere = "{'connection':'acme-idp','email':'" + email + "'}";
    assertThat(admin.post("/users", elsewhere).status()).isEqualTo(201);
  }

  @Test
  @DisplayName("§2.7 metadata is merged at its first level, null removes, an empty object clears")
  void mergesMetadata() {
    String user = created(",'user_metadata':{'a':{'x':1},'b':2},'app_metadata':{'k':1}");

    JsonNode merged = admin.patch(user, "{'user_metadata':{'a':{'y':2},'b':null,'c':[1]}}").body();
    assertThat(merged.get("user_metadata")).isEqualTo(json("{'a':{'y':2},'c':[1]}"));
    assertThat(merged.get("app_metadata")).isEqualTo(json("{'k':1}"));

    JsonNode cleared = admin.patch(user, "{'user_metadata':{}}").body();
    assertThat(cleared.get("user_metadata")).isEqualTo(json("{}"));
    assertThat(cleared.get("app_metadata")).isEqualTo(json("{'k':1}"));
  }

  @Test
  @DisplayName("§2.7 a change touches what it names; a change to the same changes nothing")
  void patches() {
    String user = created(",'name':'Jo','nickname':'j'");

    Response patched = admin.patch(user, "{'name':'Joe','nickname':null,'blocked':true}");
    Response again = admin.patch(user, "{'name':'Joe','blocked':true}");

    assertThat(patched.status()).isEqualTo(200);
    assertThat(patched.body().path("name").asText()).isEqualTo("Joe");
    assertThat(patched.body().has("nickname")).isFalse();
    assertThat(patched.body().path("blocked").asBoolean()).isTrue();
    assertThat(again.body()).isEqualTo(patched.body());
    assertThat(admin.get(user).body()).isEqualTo(patched.body());
  }

  @Test
  @DisplayName("§2.7 metadata has a bound, 256 KiB of each kind (our decision)")
  void boundsMetadata() {
    String user = created(",'user_metadata':{'a':'" + "x".repeat(200_000) + "'}");

    Response refused = admin.patch(user, "{'user_metadata':{'b':'" + "x".repeat(100_000) + "'}}");

    assertThat(refused.status()).isEqualTo(400);
    assertThat(refused.message())
        .isEqualTo(
            "Payload validation error: 'Metadata is larger than 262144 bytes' on property"
                + " user_metadata.");
    assertThat(admin.get(user).body().path("user_metadata").has("b")).isFalse();
  }

  @Test
  @DisplayName("§2.7 a new email is unverified and unique, and the old one is free again")
  void changesEmail() {
    String user = created(",'email_verified':true");
    String other = unique("other") + "@acme.example";
    admin.post("/users", "{" + DATABASE + ",'email':'" + other + "'}");

    Response taken = admin.patch(user, "{'email':'" + other + "'}");
    assertThat(taken.status()).isEqualTo(400);
    assertThat(taken.message()).isEqualTo("The specified new email already exists");

    JsonNode changed = admin.patch(user, "{'email':'new" + email + "'}").body();
    assertThat(changed.path("email").asText()).isEqualTo("new" + email);
    assertThat(changed.path("email_verified").asBoolean(true)).isFalse();
    assertThat(create("").status()).isEqualTo(201);
    String upper = "NEW" + email;
    assertThat(admin.patch(user, "{'email':'" + upper + "','email_verified':true}").status())
        .isEqualTo(200);
    assertThat(admin.get(user).body().path("email_verified").asBoolean()).isTrue();
    assertThat(admin.get(user).body().path("email").asText()).isEqualTo(upper);
  }

  @Test
  @DisplayName("§2.7 email, username, phone number and password change one at a time")
  void changesOneIdentifierAtATime() {
    String user = created("");

    Response refused = admin.patch(user, "{'email':'a@b.cd','password':'secret'}");

    assertThat(refused.status()).isEqualTo(400);
    assertThat(refused.message()).isEqualTo("Cannot update password and email simultaneously");
    assertThat(
            admin.patch(user, "{'email':'" + email + "','password':'only this is new'}").status())
        .isEqualTo(200);
    assertThat(admin.patch(user, "{}").status()).isEqualTo(400);
    assertThat(admin.patch(user, "{'connection':'acme-idp','blocked':true}").message())
        .contains("The user has no identity of this connection");
  }

  @Test
  @DisplayName("§2.7 a user of an enterprise connection is the one that exchanges log in")
  void seedsEnterpriseUsers() {
    String subject = unique("seed");
    Response seeded =
        admin.post(
            "/users",
            "{'connection':'acme-idp','user_id':'"
                + subject
                + "','email':'"
                + email
                + "','app_metadata':{'role':'x'}}");
    assertThat(seeded.status()).isEqualTo(201);
    String id = "oidc|acme-idp|" + subject;
    assertThat(seeded.body().path("user_id").asText()).isEqualTo(id);

    assertThat(Exchanges.partner(subject).accessToken().path("sub").asText()).isEqualTo(id);

    JsonNode user = admin.get("/users/" + segment(id)).body();
    assertThat(user.path("logins_count").asInt()).isEqualTo(1);
    assertThat(user.path("last_login").asText()).endsWith("Z");
    assertThat(user.has("last_ip")).isTrue();
    Response refused = admin.patch("/users/" + segment(id), "{'name':'Other','email':'q@b.cd'}");
    assertThat(refused.status()).isEqualTo(400);
    assertThat(refused.errorCode()).isEqualTo("operation_not_supported");
    assertThat(refused.message())
        .startsWith(
            "The following user attributes cannot be updated: email, name. The connection"
                + " (acme-idp) must either be a database connection");
    assertThat(
            admin
                .patch("/users/" + segment(id), "{'app_metadata':{'role':null}}")
                .body()
                .get("app_metadata"))
        .isEqualTo(json("{}"));
  }

  @Test
  @DisplayName("§2.7 a block holds at the next exchange, and its end too")
  void blocks() {
    String subject = unique("block");
    String id = Exchanges.partner(subject).accessToken().path("sub").asText();

    admin.patch("/users/" + segment(id), "{'blocked':true}");
    assertThat(Exchanges.partner(subject).status()).isEqualTo(403);
    admin.patch("/users/" + segment(id), "{'blocked':false}");
    assertThat(Exchanges.partner(subject).status()).isEqualTo(200);
  }

  @Test
  @DisplayName("§2.7 deleting answers 204, always, and leaves nothing behind but log entries")
  void deletes() {
    String subject = unique("gone");
    String id = Exchanges.partner(subject).accessToken().path("sub").asText();
    String path = "/users/" + segment(id);

    assertThat(admin.delete(path).status()).isEqualTo(204);

    Response gone = admin.get(path);
    assertThat(gone.status()).isEqualTo(404);
    assertThat(gone.message()).isEqualTo("The user does not exist.");
    assertThat(gone.errorCode()).isEqualTo("inexistent_user");
    assertThat(admin.patch(path, "{'blocked':true}").status()).isEqualTo(404);
    assertThat(admin.delete(path).status()).isEqualTo(204);
    for (String table : List.of("user_account", "user_identity", "user_identifier")) {
      assertThat(
              TestNode.shared().column("select user_id from " + table + " where user_id = ?", id))
          .as(table)
          .isEmpty();
    }
    assertThat(admin.get(path + "/logs").body()).hasSize(1);
    assertThat(Exchanges.partner(subject).accessToken().path("sub").asText()).isEqualTo(id);
  }

  @Test
  @DisplayName("§2.7 a password is kept as a slow hash, and shown nowhere")
  void hidesPasswords() {
    String password = "correct horse " + unique("p");
    String user = created(",'password':'" + password + "'");
    assertThat(admin.get(user).body().toString()).doesNotContain("horse");
    assertThat(admin.get(user).body().has("last_password_reset")).isFalse();

    Response changed = admin.patch(user, "{'password':'" + password + "2'}");

    assertThat(changed.status()).isEqualTo(200);
    assertThat(changed.body().has("last_password_reset")).isTrue();
    assertThat(changed.body().toString()).doesNotContain("horse").doesNotContain("argon2");
    String id = changed.body().path("user_id").asText().substring(6);
    assertThat(
            TestNode.shared()
                .column("select hash from identity_password where identity_user_id = ?", id))
        .singleElement()
        .asString()
        .startsWith("$argon2id$v=19$m=19456,t=2,p=1$");
    assertThat(
            TestNode.shared()
                .column("select 1::text from tenant_log where payload::text like '%horse%'"))
        .isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "auth0|' or '1'='1",
        "auth0|jane'; drop table user_account; --",
        "%",
        "*",
        "$1",
        "auth0|\\",
        "../users",
        "😀",
      })
  @DisplayName("§2.7 an id is only ever an id")
  void inertIds(String id) {
    assertThat(admin.get("/users/" + segment(id)).status()).isEqualTo(404);
    assertThat(admin.get("/users/" + segment(id) + "/logs").body()).isEmpty();
    assertThat(admin.delete("/users/" + segment(id)).status()).isEqualTo(204);
    assertThat(admin.get("/users/auth0%7Cjane").status()).isEqualTo(200);
  }

  @Test
  @DisplayName("§2.7 an id with U+0000 or broken UTF-8 is refused with 400")
  void refusesImpossibleIds() {
    assertThat(admin.get("/users/auth0%7C%00").status()).isEqualTo(400);
    assertThat(admin.get("/users/auth0%7C%FF").status()).isEqualTo(400);
  }
}
