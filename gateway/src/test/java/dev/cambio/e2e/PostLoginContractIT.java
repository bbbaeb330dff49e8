package dev.cambio.e2e;

import static dev.cambio.e2e.TokenRequest.SET_JANE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.cambio.e2e.TokenRequest.Answer;
import dev.cambio.management.Administrator;
import dev.cambio.model.bus.Json;
import java.io.IOException;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@DisplayName("actions-runtime §7, §7.1, §7.2, §7.3, §7.5: post-login, row by row")
class PostLoginContractIT {
  private static final String RBAC = "https://rbac.contract.example";

  private static Administrator admin;

  @BeforeAll
  static void administer() {
    admin = Administrator.contract();
  }

  /** What an expression of the first post-login Action comes to, as JSON. */
  private static JsonNode shown(TokenRequest request, String expression) {
    return json(
        request
            .with("post_login", "api.access.deny(JSON.stringify(" + expression + ") ?? 'null')")
            .post()
            .text("error_description"));
  }

  private static JsonNode shown(String expression) {
    return shown(TokenRequest.valid(), expression);
  }

  private static JsonNode json(String text) {
    try {
      return Json.parse(text);
    } catch (IOException e) {
      throw new IllegalStateException("not JSON: " + text, e);
    }
  }

  /** The exchange of a new user of the connection idp. */
  private static TokenRequest newcomer(String id) {
    return TokenRequest.running(
        "api.authentication.setUserByConnection('idp', {user_id: '%1$s', email: '%1$s@a.example'},"
                .formatted(id)
            + " {creationBehavior: 'create_if_not_exists'});");
  }

  private static String unique() {
    return UUID.randomUUID().toString();
  }

  private static String path(String userId) {
    return "/users/" + Administrator.segment(userId);
  }

  private static String metadata(String userId) {
    return TestNode.shared()
        .column(
            "select user_metadata::text || app_metadata::text from user_account where user_id = ?",
            userId)
        .getFirst();
  }

  private static String role(String name) {
    return admin.post("/roles", "{'name':'" + name + "'}").body().path("id").asText();
  }

  @Nested
  @DisplayName("§7 event")
  class Event {
    @ParameterizedTest
    @DisplayName("§7 what a token exchange does not have is absent")
    @ValueSource(
        strings = {
          "agent",
          "custom_domain",
          "prompt",
          "session_transfer_token",
          "security_context",
          "refresh_token",
          "session",
          "organization",
          "$roles"
        })
    void absent(String member) {
      assertThat(shown("member in event".replace("member", "'" + member + "'")).asBoolean(true))
          .isFalse();
    }

    @Test
    @DisplayName("§7 authentication: no methods, no riskAssessment")
    void authentication() {
      assertThat(shown("event.authentication")).hasToString("{\"methods\":[]}");
    }

    @Test
    @DisplayName("§7 authorization.roles: names, those of the organization where there is one")
    void roles() {
      String id = unique();
      String userId = "oidc|idp|" + id;
      TokenRequest request = newcomer(id);
      assertThat(shown(request, "event.authorization")).hasToString("{\"roles\":[]}");
      String tenantRole = "tenant-" + id;
      String orgRole = "org-" + id;
      admin.post(path(userId) + "/roles", "{'roles':['" + role(tenantRole) + "']}");
      String organization = admin.get("/organizations/name/acme").body().path("id").asText();
      admin.post("/organizations/" + organization + "/members", "{'members':['" + userId + "']}");
      admin.post(
          "/organizations/" + organization + "/members/" + Administrator.segment(userId) + "/roles",
          "{'roles':['" + role(orgRole) + "']}");

      assertThat(shown(request, "event.authorization.roles"))
          .hasToString("[\"" + tenantRole + "\"]");
      assertThat(
              shown(
                  request.client("org-allowed").with("organization", organization),
                  "event.authorization.roles"))
          .hasToString("[\"" + orgRole + "\"]");
    }

    @Test
    @DisplayName("§7 client: id, name, metadata; policies of refresh tokens where there are some")
    void client() {
      assertThat(shown("event.client"))
          .hasToString(
              "{\"client_id\":\"app\",\"name\":\"app\",\"metadata\":{\"team\":\"identity\"}}");
      assertThat(shown(TokenRequest.valid().client("mfa"), "event.client.refresh_token"))
          .isEqualTo(
              json(
                  "{\"policies\":[{\"audience\":\"https://api.contract.example\","
                      + "\"scope\":[\"read\"]}]}"));
    }

    @Test
    @DisplayName("§7 connection: the one that was set, or that of the primary identity")
    void connection() {
      JsonNode primary = shown("event.connection");
      assertThat(primary.path("id").asText()).startsWith("con_");
      assertThat(primary.path("name").asText()).isEqualTo("users");
      assertThat(primary.path("strategy").asText()).isEqualTo("auth0");
      assertThat(shown(newcomer(unique()), "event.connection.name").asText()).isEqualTo("idp");
    }

    @Test
    @DisplayName("§7 organization, if one was set")
    void organization() {
      String organization = admin.get("/organizations/name/acme").body().path("id").asText();
      JsonNode shown =
          shown(
              newcomer(unique()).client("org-allowed").with("organization", organization),
              "event.organization");

      assertThat(shown.path("id").asText()).isEqualTo(organization);
      assertThat(shown.path("name").asText()).isEqualTo("acme");
      assertThat(shown.path("display_name").asText()).isEqualTo("Acme");
      assertThat(shown.path("metadata")).hasToString("{\"tier\":\"gold\"}");
    }

    @Test
    @DisplayName("§7 request: that of the exchange, with query, without the secret")
    void request() {
      TokenRequest request =
          TokenRequest.valid().with("extra", "x").header("Accept-Language", "de-CH, en;q=0.5");
      JsonNode shown = shown(request, "event.request");

      assertThat(shown.path("query")).hasToString("{}");
      assertThat(shown.path("geoip").isObject()).isTrue();
      assertThat(shown.path("method").asText()).isEqualTo("POST");
      assertThat(shown.path("ip").asText()).isEqualTo("127.0.0.1");
      assertThat(shown.path("language").asText()).isEqualTo("de-CH");
      assertThat(shown.path("user_agent").asText()).isEqualTo(request.userAgent());
      assertThat(TestNode.shared().contract())
          .isEqualTo("http://" + shown.path("hostname").asText() + "/");
      assertThat(shown.path("body").path("extra").asText()).isEqualTo("x");
      assertThat(shown.path("body").has("client_secret")).isFalse();
    }

    @Test
    @DisplayName("§7 resource_server, unless the token is for userinfo alone")
    void resourceServer() {
      assertThat(shown("event.resource_server"))
          .hasToString("{\"identifier\":\"https://api.contract.example\"}");
      TokenRequest userinfo = TokenRequest.valid().without("audience").with("scope", "openid");
      assertThat(shown(userinfo, "'resource_server' in event").asBoolean(true)).isFalse();
    }

    @Test
    @DisplayName("§7 secrets: each Action's own")
    void secrets() {
      assertThat(shown("event.secrets")).hasToString("{}");
      Answer second =
          TokenRequest.valid()
              .with("post_login_2", "api.access.deny(JSON.stringify(event.secrets))")
              .post();
      assertThat(second.text("error_description"))
          .isEqualTo("{\"SECOND\":\"secret-of-the-second\"}");
    }

    @Test
    @DisplayName("§7 stats.logins_count includes this exchange")
    void stats() {
      TokenRequest request = newcomer(unique());
      assertThat(shown(request, "event.stats")).hasToString("{\"logins_count\":1}");
      assertThat(shown(request, "event.stats")).hasToString("{\"logins_count\":2}");
    }

    @Test
    @DisplayName("§7 tenant")
    void tenant() {
      assertThat(shown("event.tenant")).hasToString("{\"id\":\"contract\"}");
    }

    @Test
    @DisplayName("§7 transaction: these members and no others, no token among them")
    void transaction() {
      assertThat(shown(TokenRequest.valid().with("scope", "read openid"), "event.transaction"))
          .hasToString(
              "{\"protocol\":\"oauth2-token-exchange\",\"requested_scopes\":[\"read\",\"openid\"],"
                  + "\"subject_token_type\":\"urn:contract:scripted\",\"locale\":\"en\","
                  + "\"metadata\":{}}");
      assertThat(
              shown(
                  TokenRequest.running(
                          SET_JANE
                              + "api.authentication.setActor({sub: 'a', role: 'r', act: {sub:"
                              + " 'b'}})")
                      .with("actor_token", "t")
                      .with("actor_token_type", "urn:contract:actor"),
                  "[event.transaction.actor_token_type, event.transaction.actor,"
                      + " event.transaction.actor_token]"))
          .hasToString(
              "[\"urn:contract:actor\",{\"sub\":\"a\",\"role\":\"r\",\"act\":{\"sub\":\"b\"}},"
                  + "null]");
    }

    @Test
    @DisplayName("§7 user: as the exchange left it; what one Action does to event no other sees")
    void user() {
      String id = unique();
      Answer answer =
          TokenRequest.running(
                  "api.authentication.setUserByConnection('idp', {user_id: '%1$s', email:"
                          .formatted(id)
                      + " '%1$s@a.example'}, {creationBehavior: 'create_if_not_exists'});"
                          .formatted(id)
                      + "api.user.setAppMetadata('set', 1)")
              .with("post_login", "event.user.app_metadata.set = 2; event.user.name = 'x'")
              .with(
                  "post_login_2",
                  "api.access.deny(JSON.stringify([event.user.user_id,"
                      + " event.user.app_metadata, event.user.name ?? null]))")
              .post();

      assertThat(answer.text("error_description"))
          .isEqualTo("[\"oidc|idp|" + id + "\",{\"set\":1},null]");
    }
  }

  @Nested
  @DisplayName("§7.1 api")
  class Api {
    @Test
    @DisplayName("§7.1 access.deny keeps what was asked of metadata by then")
    void deny() {
      String id = unique();
      Answer answer =
          newcomer(id)
              .with(
                  "post_login",
                  "api.user.setAppMetadata('kept', 1).access.deny('no');"
                      + " api.user.setUserMetadata('after', 2)")
              .with("post_login_2", "api.user.setAppMetadata('never', 1)")
              .post();

      assertThat(answer.error()).isEqualTo("403 access_denied: no");
      assertThat(metadata("oidc|idp|" + id)).isEqualTo("{\"after\": 2}{\"kept\": 1}");
    }

    @Test
    @DisplayName("§7.1 setCustomClaim of both tokens; null takes an earlier claim back")
    void claims() {
      Answer answer =
          newcomer(unique())
              .with("scope", "openid")
              .with(
                  "post_login",
                  "api.accessToken.setCustomClaim('a', 1).idToken.setCustomClaim('b', [2]);"
                      + "api.accessToken.setCustomClaim('gone', 1)")
              .with("post_login_2", "api.accessToken.setCustomClaim('gone', null)")
              .post();

      assertThat(answer.accessToken().path("a").asInt()).isEqualTo(1);
      assertThat(answer.accessToken().has("gone")).isFalse();
      assertThat(answer.accessToken().has("b")).isFalse();
      assertThat(answer.idToken().path("b")).hasToString("[2]");
    }

    @Test
    @DisplayName("§7.1 addScope needs no request, removeScope takes away; scope is then told")
    void scopes() {
      Answer answer =
          TokenRequest.valid()
              .with("scope", "read write")
              .with("post_login", "api.accessToken.addScope('admin:all')")
              .with("post_login_2", "api.accessToken.removeScope('write')")
              .post();

      assertThat(answer.text("scope")).isEqualTo("read admin:all");
      assertThat(answer.accessToken().path("scope").asText()).isEqualTo("read admin:all");
    }

    @ParameterizedTest
    @DisplayName("§7.1 a scope that is none throws")
    @ValueSource(strings = {"''", "'a b'", "'\"'", "'\\\\'", "5"})
    void badScope(String scope) {
      assertThat(
              TokenRequest.valid()
                  .with("post_login", "api.accessToken.addScope(" + scope + ")")
                  .post()
                  .error())
          .isEqualTo(
              "403 access_denied: api.accessToken.addScope: scope must be a non-empty string"
                  + " without whitespace, quotes or backslashes");
    }

    @Test
    @DisplayName("§7.1 addScope('offline_access') after an actor is ignored")
    void offlineWithActor() {
      Answer answer =
          TokenRequest.running(SET_JANE + "api.authentication.setActor({sub: 'a'})")
              .with("post_login", "api.accessToken.addScope('offline_access')")
              .post();

      assertThat(answer.status()).isEqualTo(200);
      assertThat(answer.json().has("refresh_token")).isFalse();
      assertThat(answer.text("scope")).doesNotContain("offline_access");
    }

    @ParameterizedTest
    @DisplayName("§7.1 what needs a browser fails at the Action's end: the code after it has run")
    @CsvSource(
        delimiter = '|',
        quoteCharacter = '`',
        value = {
          "api.authentication.challengeWith({type: 'otp'})|authentication.challengeWith",
          "api.authentication.challengeWithAny([{type: 'otp'}])|authentication.challengeWithAny",
          "api.authentication.enrollWith({type: 'otp'})|authentication.enrollWith",
          "api.authentication.enrollWithAny([{type: 'otp'}])|authentication.enrollWithAny",
          "api.redirect.sendUserTo('https://a.example', {query: {}})|redirect.sendUserTo",
          "api.prompt.render('form', {fields: {}})|prompt.render"
        })
    void browser(String call, String method) {
      String id = unique();
      Answer answer =
          newcomer(id)
              .with("post_login", call + "; api.user.setAppMetadata('went', 'on')")
              .with("post_login_2", "api.user.setAppMetadata('next', 'ran')")
              .post();

      assertThat(answer.error())
          .isEqualTo(
              "400 invalid_request: api." + method + " is not supported for custom token exchange");
      assertThat(metadata("oidc|idp|" + id)).isEqualTo("{}{\"went\": \"on\"}");
    }

    @ParameterizedTest
    @DisplayName("§7.1 what belongs to another moment throws")
    @CsvSource(
        delimiter = '|',
        quoteCharacter = '`',
        value = {
          "api.authentication.recordMethod('https://a.example')|api.authentication.recordMethod is"
              + " only available in onContinuePostLogin",
          "api.redirect.validateToken({secret: 's'})|api.redirect.validateToken is only available"
              + " in onContinuePostLogin",
          "api.refreshToken.revoke('r')|api.refreshToken.revoke is only available in a refresh"
              + " token exchange"
        })
    void misplaced(String call, String message) {
      assertThat(TokenRequest.valid().with("post_login", call).post().error())
          .isEqualTo("403 access_denied: " + message);
    }

    @Test
    @DisplayName(
        "§7.1 redirect: encodeToken signs with HS256 for 900 seconds, canRedirect is false")
    void redirect() {
      JsonNode shown =
          shown(
              "[api.redirect.canRedirect(),"
                  + " api.redirect.encodeToken({secret: 'shh', payload: {a: 1, sub: 'forged'}})]");
      ObjectNode header = Answer.part(shown.path(1).asText(), 0);
      ObjectNode claims = Answer.part(shown.path(1).asText(), 1);

      assertThat(shown.path(0).asBoolean(true)).isFalse();
      assertThat(header.path("alg").asText()).isEqualTo("HS256");
      assertThat(claims.path("a").asInt()).isEqualTo(1);
      assertThat(claims.path("sub").asText()).isEqualTo("auth0|jane");
      assertThat(claims.path("ip").asText()).isEqualTo("127.0.0.1");
      assertThat("http://" + claims.path("iss").asText() + "/")
          .isEqualTo(TestNode.shared().contract());
      assertThat(claims.path("exp").asLong() - claims.path("iat").asLong()).isEqualTo(900);
    }

    @Test
    @DisplayName(
        "§7.1 user metadata: gathered over all Actions, written once, seen by none of them")
    void userMetadata() {
      String id = unique();
      newcomer(id)
          .with(
              "post_login",
              "api.user.setAppMetadata('a', {x: 1}).user.setUserMetadata('gone', 1)"
                  + ".user.setUserMetadata('b', 1)")
          .with(
              "post_login_2",
              "api.user.setUserMetadata('gone', null)"
                  + ".user.setUserMetadata('seen', JSON.stringify(event.user.app_metadata))")
          .post();

      assertThat(metadata("oidc|idp|" + id))
          .isEqualTo("{\"b\": 1, \"seen\": \"{}\"}{\"a\": {\"x\": 1}}");
    }

    @Test
    @DisplayName("§7.1 cache: set by one Action, read by the next")
    void cache() {
      String key = unique();
      Answer answer =
          TokenRequest.valid()
              .with("post_login", "api.cache.set('" + key + "', 'v')")
              .with("post_login_2", "api.access.deny(api.cache.get('" + key + "').value)")
              .post();

      assertThat(answer.text("error_description")).isEqualTo("v");
    }

    @Test
    @DisplayName("§7.1 samlResponse: every method is there and does nothing")
    void saml() {
      assertThat(
              shown(
                  "Object.entries(api.samlResponse).map(([name, method]) => method('x') ?? name)"
                      + ".sort().join(' ')"))
          .hasToString(
              "\"setAttribute setAudience setAuthnContextClassRef setCert setCreateUpnClaim"
                  + " setDestination setDigestAlgorithm setEncryptionAlgorithm setEncryptionCert"
                  + " setEncryptionPublicKey setIncludeAttributeNameFormat setIssuer setKey"
                  + " setLifetimeInSeconds setMapIdentities setMapUnknownClaimsAsIs"
                  + " setNameIdentifierFormat setNameIdentifierProbes"
                  + " setPassthroughClaimsWithNoMapping setRecipient setRelayState"
                  + " setSignResponse setSignatureAlgorithm setSigningCert setTypedAttributes\"");
    }

    @Test
    @DisplayName("§7.1 validation.error: 400 with its code and text; later Actions do not run")
    void validation() {
      Answer answer =
          TokenRequest.valid()
              .with("post_login", "api.validation.error('too_young', 'Come back later')")
              .with("post_login_2", "api.access.deny('second')")
              .post();

      assertThat(answer.error()).isEqualTo("400 too_young: Come back later");
    }

    @Test
    @DisplayName("§7.1 session: revoke denies, the rest warns and does nothing")
    void session() {
      assertThat(
              TokenRequest.valid()
                  .with("post_login", "api.session.revoke('stolen')")
                  .post()
                  .error())
          .isEqualTo("403 access_denied: stolen");
      assertThat(
              TokenRequest.valid()
                  .with(
                      "post_login",
                      "const s = api.session; s.setExpiresAt(1); s.setIdleExpiresAt(1);"
                          + " s.setCookieMode('persistent'); s.setMetadata('a', 'b');"
                          + " s.deleteMetadata('a'); s.evictMetadata()")
                  .post()
                  .status())
          .isEqualTo(200);
    }

    @Test
    @DisplayName("§7.1 rules.wasExecuted is false; groups are none, and nobody is in one")
    void rulesAndGroups() {
      assertThat(
              shown(
                  "[api.rules.wasExecuted('r'), await api.groups.getUserGroups({take: 5}),"
                      + " await api.groups.hasGroupMembership(['g', 'h'])]"))
          .hasToString(
              "[false,{\"groups\":[]},{\"memberships\":{\"g\":{\"is_member\":false},"
                  + "\"h\":{\"is_member\":false}}}]");
    }

    @Test
    @DisplayName("§7.1 roles: pages of the user's own, by id and by name")
    void roles() {
      String id = unique();
      TokenRequest request = newcomer(id);
      request.post();
      String first = role("a-" + id);
      String second = role("b-" + id);
      role("c-" + id);
      admin.post(
          path("oidc|idp|" + id) + "/roles", "{'roles':['%s','%s']}".formatted(first, second));
      String a = "{\"id\":\"%s\",\"name\":\"a-%s\",\"type\":\"tenant\"}".formatted(first, id);
      String b = "{\"id\":\"%s\",\"name\":\"b-%s\",\"type\":\"tenant\"}".formatted(second, id);

      assertThat(
              shown(
                  request,
                  "[await api.roles.getUserEffectiveRoles({take: 1}),"
                      + " await api.roles.getUserEffectiveRoles({take: 1, from: '1'}),"
                      + " await api.roles.getUserEffectiveRoles(),"
                      + " await api.roles.getUserEffectiveRolesByIds(['%s', 'rol_x']),"
                          .formatted(second)
                      + " await api.roles.getUserEffectiveRolesByNames(['a-%1$s', 'c-%1$s'])]"
                          .formatted(id)))
          .hasToString(
              "[{\"roles\":[%1$s],\"next\":\"1\"},{\"roles\":[%2$s]},{\"roles\":[%1$s,%2$s]},"
                      .formatted(a, b)
                  + "{\"roles\":[%s]},{\"roles\":[%s]}]".formatted(b, a));
      assertThat(
              shown(
                  request,
                  "await Promise.all([{take: 0}, {take: 101}].map((o) =>"
                      + " api.roles.getUserEffectiveRoles(o).catch((e) => e.message)))"))
          .hasToString(
              "[\"api.roles.getUserEffectiveRoles: take must be between 1 and 100\","
                  + "\"api.roles.getUserEffectiveRoles: take must be between 1 and 100\"]");
    }

    @Test
    @DisplayName("§7.1 what returns the api and what returns nothing")
    void returns() {
      String chained =
          "[api.accessToken.setCustomClaim('c', 1), api.idToken.setCustomClaim('c', 1),"
              + " api.multifactor.enable('none'), api.user.setAppMetadata('r', 1),"
              + " api.user.setUserMetadata('r', 1), api.access.deny('x'),"
              + " api.validation.error('e', 'm'), api.redirect.sendUserTo('https://a.example')]"
              + ".every((it) => it === api)";
      String empty =
          "[api.transaction.setMetadata('k', 1), api.samlResponse.setAudience('a'),"
              + " api.session.setMetadata('a', 'b'), api.refreshToken.setMetadata('a', 'b'),"
              + " api.authentication.challengeWith({type: 'otp'})]"
              + ".every((it) => it === undefined)";
      Answer answer =
          TokenRequest.valid()
              .with("post_login", "throw new Error(JSON.stringify([" + empty + "]))")
              .post();

      assertThat(answer.text("error_description")).contains("challengeWith");
      assertThat(
              TokenRequest.valid()
                  .with(
                      "post_login",
                      "const c = "
                          + chained
                          + "; const v = "
                          + empty
                          + "; if (!c || !v) throw new Error([c, v].join())")
                  .post()
                  .error())
          .isEqualTo("403 access_denied: x");
    }
  }

  @Nested
  @DisplayName("§7.1 setPrimaryUser")
  class PrimaryUser {
    @ParameterizedTest
    @DisplayName("§7.1 who does not have the login's identity cannot be the primary user")
    @ValueSource(strings = {"auth0|sam", "auth0|nobody", "auth0|blocked"})
    void stranger(String userId) {
      TokenRequest request =
          TokenRequest.valid()
              .with("post_login", "api.authentication.setPrimaryUser('" + userId + "')");

      assertThat(request.post().error())
          .isEqualTo("400 invalid_request: The primary user could not be set.");
    }

    @Test
    @DisplayName("§7.1 once in a transaction, and no longer than 128 characters")
    void limits() {
      String self = "api.authentication.setPrimaryUser('auth0|jane');";
      String twice =
          "403 access_denied: api.authentication.setPrimaryUser may be called only once in a"
              + " transaction";

      assertThat(TokenRequest.valid().with("post_login", self).post().status()).isEqualTo(200);
      assertThat(TokenRequest.valid().with("post_login", self + self).post().error())
          .isEqualTo(twice);
      assertThat(
              TokenRequest.valid()
                  .with("post_login", self)
                  .with("post_login_2", self)
                  .post()
                  .error())
          .isEqualTo(twice);
      assertThat(
              TokenRequest.valid()
                  .with("post_login", "api.authentication.setPrimaryUser('x'.repeat(129))")
                  .post()
                  .error())
          .isEqualTo(
              "403 access_denied: api.authentication.setPrimaryUser: user_id must not be longer"
                  + " than 128 characters");
    }

    @Test
    @DisplayName("§7.1 a user who was linked meanwhile: sub, permissions, metadata and log follow")
    void linked() {
      String id = unique();
      String primaryId = unique();
      String primary = "oidc|idp|" + primaryId;
      newcomer(primaryId).post();
      admin.post(
          path(primary) + "/permissions",
          "{'permissions':[{'resource_server_identifier':'%s','permission_name':'read'}]}"
              .formatted(RBAC));
      TokenRequest request =
          newcomer(id)
              .with("audience", RBAC)
              .with("scope", "read")
              .with(
                  "post_login",
                  "while (!api.cache.get('%s')) await new Promise((r) => setTimeout(r, 20));"
                          .formatted(id)
                      + "api.user.setUserMetadata('same', 1);"
                      + "api.authentication.setPrimaryUser('%s')".formatted(primary))
              .with(
                  "post_login_2",
                  "api.user.setUserMetadata('later', 1);"
                      + "api.accessToken.setCustomClaim('seen', event.user.user_id)");
      CompletableFuture<Answer> pending = CompletableFuture.supplyAsync(request::post);
      await()
          .until(
              () ->
                  TestNode.shared()
                      .column(
                          "select 'in' from user_account where user_id = ? and logins_count = 1",
                          "oidc|idp|" + id)
                      .contains("in"));
      assertThat(
              admin
                  .post(
                      path(primary) + "/identities",
                      "{'provider':'oidc','user_id':'idp|" + id + "'}")
                  .status())
          .isEqualTo(201);
      TokenRequest.valid().with("post_login", "api.cache.set('" + id + "', 'go')").post();

      Answer answer = pending.join();
      assertThat(answer.status()).as(answer.response().body()).isEqualTo(200);
      assertThat(answer.accessToken().path("sub").asText()).isEqualTo(primary);
      assertThat(answer.accessToken().path("seen").asText()).isEqualTo(primary);
      assertThat(answer.accessToken().path("scope").asText()).isEqualTo("read");
      assertThat(metadata(primary)).isEqualTo("{\"later\": 1}{}");
      List<ObjectNode> logs = TestNode.shared().logs(request.userAgent());
      assertThat(logs.getLast().path("type").asText()).isEqualTo("secte");
      assertThat(logs.getLast().path("user_id").asText()).isEqualTo(primary);
    }
  }

  @Nested
  @DisplayName("§7.2 Ordering")
  class Ordering {
    @Test
    @DisplayName("§7.2 the last claim wins, scopes apply in call order across Actions")
    void lastWins() {
      Answer answer =
          TokenRequest.valid()
              .with("scope", "read")
              .with(
                  "post_login",
                  "api.accessToken.setCustomClaim('k', 1); api.accessToken.removeScope('read');"
                      + " api.accessToken.addScope('x')")
              .with(
                  "post_login_2",
                  "api.accessToken.setCustomClaim('k', 2); api.accessToken.addScope('read');"
                      + " api.accessToken.removeScope('x')")
              .post();

      assertThat(answer.accessToken().path("k").asInt()).isEqualTo(2);
      assertThat(answer.accessToken().path("scope").asText()).isEqualTo("read");
    }

    @ParameterizedTest
    @DisplayName("§7.2 after deny, error or what is unsupported the next Action does not run")
    @ValueSource(
        strings = {"api.access.deny('d')", "throw new Error('t')", "api.prompt.render('p')"})
    void stops(String code) {
      TokenRequest request =
          TokenRequest.valid()
              .with("post_login", code)
              .with("post_login_2", "throw new Error('2')");

      assertThat(request.post().error()).doesNotContain("2: ").doesNotEndWith(": 2");
      assertThat(
              TestNode.shared().logs(request.userAgent()).stream()
                  .map(log -> log.path("details").path("action_name").asText()))
          .doesNotContain("second-post-login");
    }

    @Test
    @DisplayName("§7.2, §3 all Actions of the trigger share one budget")
    void budget() {
      String wait = "await new Promise((done) => setTimeout(done, %d))";
      long third = TestNode.ACTION_TIMEOUT_MS * 2 / 3;
      TokenRequest request =
          TokenRequest.valid()
              .with("post_login", wait.formatted(third))
              .with("post_login_2", wait.formatted(third));

      assertThat(request.post().error())
          .isEqualTo("403 access_denied: Action execution timed out.");
      assertThat(
              TestNode.shared().logs(request.userAgent()).stream()
                  .map(log -> log.path("details").path("action_name").asText()))
          .contains("second-post-login")
          .doesNotContain("scripted-post-login");
    }
  }

  @Nested
  @DisplayName("§7.3 Transaction metadata")
  class Metadata {
    @Test
    @DisplayName(
        "§7.3 seen at once and by later Actions; null deletes; the exchange's is carried over")
    void lives() {
      Answer answer =
          TokenRequest.running(SET_JANE + "api.transaction.setMetadata('from', 'exchange')")
              .with(
                  "post_login",
                  "const m = event.transaction.metadata;api.transaction.setMetadata('s', 'x');"
                      + " api.transaction.setMetadata('n', 1.5);api.transaction.setMetadata('b',"
                      + " false);api.transaction.setMetadata('at_once', m.s + m.n + m.b +"
                      + " m.from);api.transaction.setMetadata('s',"
                      + " null);api.transaction.setMetadata('deleted', m.s === undefined)")
              .with("post_login_2", "api.access.deny(JSON.stringify(event.transaction.metadata))")
              .post();

      assertThat(answer.text("error_description"))
          .isEqualTo(
              "{\"from\":\"exchange\",\"n\":1.5,\"b\":false,\"at_once\":\"x1.5falseexchange\","
                  + "\"deleted\":true}");
      assertThat(shown("event.transaction.metadata")).hasToString("{}");
    }

    @ParameterizedTest
    @DisplayName("§7.3 types, and limits of key, value and total")
    @CsvSource(
        delimiter = '|',
        quoteCharacter = '`',
        value = {
          "'k', {}|value must be a string, a number, a boolean or null",
          "'k', []|value must be a string, a number, a boolean or null",
          "'k'|value must be a string, a number, a boolean or null",
          "'k', NaN|value must be a safe number",
          "'k', Infinity|value must be a safe number",
          "'k', 2 ** 53|value must be a safe number",
          "'k'.repeat(65), 1|key must not be longer than 64 characters",
          "'k', 'x'.repeat(8193)|value must not be larger than 8 KB",
          "'k', 'é'.repeat(4097)|value must not be larger than 8 KB"
        })
    void refuses(String arguments, String problem) {
      Answer answer =
          TokenRequest.valid()
              .with("post_login", "api.transaction.setMetadata(" + arguments + ")")
              .post();

      assertThat(answer.error())
          .isEqualTo("403 access_denied: api.transaction.setMetadata: " + problem);
    }

    @Test
    @DisplayName("§7.3 the total counts what earlier Actions left")
    void total() {
      String fill = "api.transaction.setMetadata('%s', 'x'.repeat(8000))";
      Answer answer =
          TokenRequest.valid()
              .with("post_login", fill.formatted("a") + ";" + fill.formatted("b"))
              .with("post_login_2", fill.formatted("c"))
              .post();

      assertThat(answer.error())
          .isEqualTo(
              "403 access_denied: api.transaction.setMetadata: transaction metadata must not be"
                  + " larger than 16 KB");
    }
  }

  @Nested
  @DisplayName("§7.5 Custom claims")
  class Claims {
    @Test
    @DisplayName("§7.5 restricted names and forbidden namespaces are dropped, the others stay")
    void names() {
      Answer answer =
          TokenRequest.valid()
              .with(
                  "post_login",
                  "for (const name of ['aud', 'sub', 'roles', 'cnf', 'act', 'bare',"
                      + " 'https://acme.example/a', 'https://x.auth0.com/b', 'http://webtask.io/c',"
                      + " 'urn:acme:d', 'urn:auth0:e']) api.accessToken.setCustomClaim(name,"
                      + " 'mine')")
              .post();

      assertThat(
              answer.accessToken().properties().stream()
                  .filter(claim -> claim.getValue().asText().equals("mine"))
                  .map(claim -> claim.getKey()))
          .containsExactlyInAnyOrder("bare", "https://acme.example/a", "urn:acme:d");
    }

    @Test
    @DisplayName("§7.5 values: dates as text, functions dropped, undefined removed")
    void values() {
      ObjectNode token =
          TokenRequest.valid()
              .with(
                  "post_login",
                  "api.accessToken.setCustomClaim('v', {d: new Date(0), f: () => 1, u: undefined,"
                      + " n: null, l: [1]}); api.accessToken.setCustomClaim('u', undefined)")
              .post()
              .accessToken();

      assertThat(token.path("v"))
          .hasToString("{\"d\":\"1970-01-01T00:00:00.000Z\",\"n\":null,\"l\":[1]}");
      assertThat(token.has("u")).isFalse();
    }

    @Test
    @DisplayName("§7.5 standard claims need their scope; more than 100 KB: 500")
    void bounds() {
      String set =
          "api.idToken.setCustomClaim('email', 'e@a.example').idToken.setCustomClaim('name', 'N')";
      ObjectNode token =
          newcomer(unique()).with("scope", "openid email").with("post_login", set).post().idToken();
      assertThat(token.path("email").asText()).isEqualTo("e@a.example");
      assertThat(token.has("name")).isFalse();

      assertThat(
              TokenRequest.valid()
                  .with("post_login", "api.accessToken.setCustomClaim('k', 'x'.repeat(102400))")
                  .post()
                  .error())
          .isEqualTo("500 server_error: The request could not be completed");
    }
  }
}
