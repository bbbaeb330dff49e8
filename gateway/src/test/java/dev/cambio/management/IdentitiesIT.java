package dev.cambio.management;

import static dev.cambio.management.Administrator.segment;
import static dev.cambio.management.Administrator.unique;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import dev.cambio.e2e.Exchanges;
import dev.cambio.e2e.TestNode;
import dev.cambio.e2e.TokenRequest.Answer;
import dev.cambio.gateway.key.TokenSigner;
import dev.cambio.management.Administrator.Response;
import java.util.Locale;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("Linked identities, contract management-api §2.7")
class IdentitiesIT {
  private final Administrator admin = Administrator.quickstart();
  private final String subject = unique("linked");
  private final String linkedId = "oidc|acme-idp|" + subject;
  private Answer login;
  private String mainId;
  private String main;

  @BeforeEach
  void twoUsers() {
    Response created =
        admin.post(
            "/users",
            "{'connection':'Username-Password-Authentication','email':'"
                + unique("main")
                + "@acme.example','user_metadata':{'mine':1}}");
    mainId = created.body().path("user_id").asText();
    main = "/users/" + segment(mainId);
    login = Exchanges.partner(subject);
  }

  private Response linkById() {
    return admin.post(
        main + "/identities", "{'provider':'oidc','user_id':'acme-idp|" + subject + "'}");
  }

  private void requireLinked(Response linked) {
    assertThat(linked.status()).as(linked.body().toString()).isEqualTo(201);
    assertThat(linked.body()).hasSize(2);
    assertThat(linked.body().get(0).path("provider").asText()).isEqualTo("auth0");
    JsonNode second = linked.body().get(1);
    assertThat(second.path("connection").asText()).isEqualTo("acme-idp");
    assertThat(second.path("user_id").asText()).isEqualTo("acme-idp|" + subject);
    assertThat(second.path("profileData").path("email").asText())
        .isEqualTo(subject + "@partner.example");
    assertThat(admin.get("/users/" + segment(linkedId)).status()).isEqualTo(404);
    assertThat(admin.get(main).body().path("identities")).isEqualTo(linked.body());
    // Whoever signs in by either identity is now the one user.
    assertThat(Exchanges.partner(subject).accessToken().path("sub").asText()).isEqualTo(mainId);
  }

  @Test
  @DisplayName("§2.7 linking by provider and user_id answers 201 with the identities")
  void linksById() {
    requireLinked(linkById());
  }

  @Test
  @DisplayName("§2.7 user_id may be the whole id of the other user")
  void linksByWholeId() {
    requireLinked(
        admin.post(main + "/identities", "{'provider':'oidc','user_id':'" + linkedId + "'}"));
  }

  @Test
  @DisplayName("§2.7 linking with an ID token of the other user")
  void linksByToken() {
    requireLinked(
        admin.post(main + "/identities", "{'link_with':'" + login.text("id_token") + "'}"));
  }

  @Test
  @DisplayName("§2.7 link_with must be an ID token that this tenant signed")
  void refusesOtherTokens() {
    String idToken = login.text("id_token");
    String payload = idToken.split("\\.")[1];
    String forged = idToken.replace(payload, payload.substring(0, payload.length() - 2) + "AA");
    for (String token : new String[] {"x", forged, login.text("access_token")}) {
      Response refused = admin.post(main + "/identities", "{'link_with':'" + token + "'}");

      assertThat(refused.status()).isEqualTo(400);
      assertThat(refused.message())
          .startsWith("Payload validation error")
          .contains("Not a valid ID token of this tenant")
          .doesNotContain(token.length() > 1 ? token : "\0");
    }
    assertThat(admin.get(main).body().path("identities")).hasSize(1);
  }

  @Test
  @DisplayName("additions C1 nor one of HS256, which its client could have made for anybody")
  void refusesTokensOfSecrets() {
    JsonNode client =
        admin
            .post(
                "/clients",
                "{'name':'%s','app_type':'regular_web','jwt_configuration':{'alg':'HS256'},"
                        .formatted(unique("symmetric"))
                    + "'token_endpoint_auth_method':'client_secret_post'}")
            .body();
    long now = System.currentTimeMillis() / 1000;
    String minted =
        TokenSigner.hmac(client.path("client_secret").asText().getBytes(UTF_8))
            .sign(
                JsonNodeFactory.instance
                    .objectNode()
                    .put("iss", TestNode.shared().quickstart())
                    .put("sub", linkedId)
                    .put("aud", client.path("client_id").asText())
                    .put("iat", now)
                    .put("exp", now + 60),
                "HS256",
                TokenSigner.JWT);

    assertThat(admin.post(main + "/identities", "{'link_with':'" + minted + "'}").message())
        .contains("Not a valid ID token of this tenant");
  }

  @Test
  @DisplayName("§2.7 a user cannot be linked to itself, nor an identity twice")
  void refusesLoopsAndRepetition() {
    Response self =
        admin.post(
            main + "/identities", "{'provider':'auth0','user_id':'" + mainId.substring(6) + "'}");
    assertThat(self.status()).isEqualTo(400);
    assertThat(self.message()).isEqualTo("Main identity and the new one are the same.");

    linkById();
    Response twice = linkById();
    assertThat(twice.status()).isEqualTo(409);
    assertThat(twice.message()).isEqualTo("Specified identity already exists.");
    Response byToken =
        admin.post(main + "/identities", "{'link_with':'" + login.text("id_token") + "'}");
    assertThat(byToken.status()).isEqualTo(409);
  }

  @Test
  @DisplayName("§2.7 the body names a token, or provider and user_id")
  void checksTheBody() {
    assertThat(admin.post(main + "/identities", "{}").message())
        .contains("Missing required property: provider");
    assertThat(admin.post(main + "/identities", "{'provider':'oidc'}").message())
        .contains("Missing required property: user_id");
    assertThat(admin.post(main + "/identities", "{'link_with':'x','provider':'oidc'}").status())
        .isEqualTo(400);
    assertThat(admin.post(main + "/identities", "{'provider':'oidc','user_id':'nobody'}").status())
        .isEqualTo(404);
    assertThat(
            admin
                .post(
                    "/users/nobody/identities",
                    "{'provider':'oidc','user_id':'acme-idp|" + subject + "'}")
                .status())
        .isEqualTo(404);
  }

  @Test
  @DisplayName("§2.7 unlinking answers 200 with what remains, and the identity is a user again")
  void unlinks() {
    linkById();

    Response unlinked = admin.delete(main + "/identities/oidc/" + segment("acme-idp|" + subject));

    assertThat(unlinked.status()).isEqualTo(200);
    assertThat(unlinked.body()).hasSize(1);
    JsonNode again = admin.get("/users/" + segment(linkedId)).body();
    assertThat(again.path("email").asText()).isEqualTo(subject + "@partner.example");
    assertThat(again.path("identities")).hasSize(1);
    assertThat(again.path("identities").get(0).has("profileData")).isFalse();
    assertThat(Exchanges.partner(subject).accessToken().path("sub").asText()).isEqualTo(linkedId);
    String taken =
        "{'connection':'acme-idp','email':'"
            + subject.toUpperCase(Locale.ROOT)
            + "@PARTNER.example'}";
    assertThat(admin.post("/users", taken).status()).isEqualTo(409);
    admin.delete("/users/" + segment(linkedId));
    assertThat(admin.post("/users", taken).status()).isEqualTo(201);
  }

  @Test
  @DisplayName("§2.7 a change that names the connection of a linked identity is about that one")
  void changesLinkedIdentities() {
    String connection = unique("db");
    TestNode.shared()
        .execute(
            """
            insert into connection (tenant_id, id, name, strategy, payload)
            values ('quickstart', ?, ?, 'auth0', '{"options":{"requires_username":true}}')
            """,
            connection,
            connection);
    String email = unique("second") + "@acme.example";
    String user = "{'connection':'" + connection + "','email':'" + email + "','username':'U'}";
    String second = admin.post("/users", user).body().path("user_id").asText();
    admin.post(main + "/identities", "{'provider':'auth0','user_id':'" + second + "'}");

    Response changed =
        admin.patch(
            main, "{'connection':'" + connection + "','email':'x" + email + "','nickname':'nick'}");

    assertThat(changed.status()).as(changed.body().toString()).isEqualTo(200);
    assertThat(changed.body().path("nickname").asText()).isEqualTo("nick");
    assertThat(changed.body().path("email").asText()).startsWith("main");
    JsonNode profile = changed.body().path("identities").get(1).path("profileData");
    assertThat(profile.path("email").asText()).isEqualTo("x" + email);
    assertThat(profile.path("username").asText()).isEqualTo("U");
    assertThat(admin.post("/users", user).status()).isEqualTo(409);
    assertThat(admin.post("/users", user.replace("'U'", "'V'")).status()).isEqualTo(201);
  }

  @Test
  @DisplayName("§2.7 the main identity cannot be removed")
  void keepsTheMainIdentity() {
    Response refused = admin.delete(main + "/identities/auth0/" + mainId.substring(6));

    assertThat(refused.status()).isEqualTo(400);
    assertThat(refused.message()).isEqualTo("Main identity cannot be removed.");
    assertThat(admin.delete(main + "/identities/auth0/nobody").status()).isEqualTo(404);
  }

  @Test
  @DisplayName("§2.7 deleting a user deletes the linked identities, and frees them")
  void deletesLinkedIdentities() {
    linkById();

    admin.delete(main);

    assertThat(Exchanges.partner(subject).accessToken().path("sub").asText()).isEqualTo(linkedId);
  }
}
