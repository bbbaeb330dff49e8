package dev.cambio.e2e;

import static dev.cambio.e2e.SecondFactor.associate;
import static dev.cambio.e2e.SecondFactor.authenticators;
import static dev.cambio.e2e.SecondFactor.challenge;
import static dev.cambio.e2e.SecondFactor.code;
import static dev.cambio.e2e.SecondFactor.enrollApp;
import static dev.cambio.e2e.SecondFactor.finish;
import static dev.cambio.e2e.SecondFactor.finishByOtp;
import static dev.cambio.e2e.SecondFactor.wrongCode;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.cambio.e2e.TokenRequest.Answer;
import dev.cambio.management.Administrator;
import java.net.URI;
import java.net.http.HttpRequest;
import java.util.List;
import java.util.Locale;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@DisplayName("Multifactor authentication, contract token-endpoint §8, actions-runtime §7.4")
class MfaContractIT {
  private static final String GONE = "401 invalid_token: The mfa_token is invalid or has expired";
  private static final String WRONG = "403 invalid_grant: Invalid otp_code.";

  private static Administrator admin;

  private final SecondFactor user = new SecondFactor();

  @BeforeAll
  static void allowFactors() {
    admin = Administrator.contract();
    for (String factor : List.of("otp", "sms", "email")) {
      admin.put("/guardian/factors/" + factor, "{'enabled':true}");
    }
    awaitDiscovery(true);
  }

  private static ObjectNode discovery() {
    return TokenRequest.get(TestNode.shared().contract() + ".well-known/openid-configuration")
        .json();
  }

  private static void awaitDiscovery(boolean lists) {
    await().until(() -> discovery().has("mfa_challenge_endpoint") == lists);
  }

  private static List<String> types(TokenRequest request) {
    return TestNode.shared().logs(request.userAgent()).stream()
        .map(log -> log.path("type").asText())
        .toList();
  }

  @Nested
  @DisplayName("§8 The demand")
  class Demand {
    @Test
    @DisplayName("§8, §7.4 (actions-runtime) enable: 403 mfa_required with a token, mfar and fecte")
    void byAction() {
      TokenRequest request = user.exchange();
      Answer answer = request.post();

      assertThat(answer.status()).isEqualTo(403);
      assertThat(answer.header("Cache-Control")).isEqualTo("no-store");
      ObjectNode body = answer.json();
      assertThat(body.remove("mfa_token").asText()).matches("[A-Za-z0-9_-]{43}");
      assertThat(body)
          .hasToString(
              "{\"error\":\"mfa_required\",\"error_description\":\"Multifactor authentication"
                  + " required\",\"mfa_requirements\":{\"enroll\":[{\"type\":\"otp\"},"
                  + "{\"type\":\"phone\"},{\"type\":\"email\"}]}}");
      List<ObjectNode> logs = TestNode.shared().logs(request.userAgent());
      assertThat(types(request)).containsExactly("mfar", "fecte");
      assertThat(logs.getFirst().path("user_id").asText()).isEqualTo(user.userId());
      assertThat(logs.getFirst().path("details").path("grant_type").asText())
          .isEqualTo("urn:ietf:params:oauth:grant-type:token-exchange");
      assertThat(logs.toString()).doesNotContain(answer.text("mfa_token"));
    }

    @Test
    @DisplayName("§8, §7.4 (actions-runtime) it is decided at the end: none takes it back")
    void cancelled() {
      Answer answer = user.exchange().with("post_login_2", "api.multifactor.enable('none')").post();

      assertThat(answer.status()).isEqualTo(200);
    }

    @Test
    @DisplayName("§8 the tenant's policy asks always; an Action's none does not overrule it")
    void byPolicy() {
      TokenRequest quiet = user.exchange().with("post_login", "api.multifactor.enable('none')");
      admin.put("/guardian/policies", "['confidence-score']");
      try {
        assertThat(quiet.post().status()).isEqualTo(200);
        admin.put("/guardian/policies", "['all-applications']");
        await().until(() -> quiet.post().status() == 403);
        assertThat(quiet.post().text("error")).isEqualTo("mfa_required");
      } finally {
        admin.put("/guardian/policies", "[]");
        await().until(() -> quiet.post().status() == 200);
      }
    }

    @Test
    @DisplayName("§8 a client without the grants: 403 unauthorized_client, which names the grant")
    void clientWithout() {
      assertThat(user.exchange().client("app").post().error())
          .isEqualTo(
              "403 unauthorized_client: Grant type"
                  + " 'http://auth0.com/oauth/grant-type/mfa-otp' not allowed for the client.");
      String token = SecondFactor.begin(user.exchange().client("mfa-otp-only"));

      assertThat(
              finish(SecondFactor.RECOVERY_CODE, token)
                  .client("mfa-otp-only")
                  .with("recovery_code", "x")
                  .post()
                  .error())
          .isEqualTo(
              "403 unauthorized_client: Grant type"
                  + " 'http://auth0.com/oauth/grant-type/mfa-recovery-code' not allowed for the"
                  + " client.");
    }

    @Test
    @DisplayName("§6, §7.4 (actions-runtime) with an organization: its exact text")
    void organization() {
      assertThat(
              TokenRequest.running(
                      "api.authentication.setUserByConnection('idp', {user_id: 'org-mfa',"
                          + " email: 'org-mfa@a.example'},"
                          + " {creationBehavior: 'create_if_not_exists'});"
                          + "api.authentication.setOrganization(event.organization.id)")
                  .client("mfa")
                  .with("organization", organizationId())
                  .with("post_login", "api.multifactor.enable('guardian')")
                  .post()
                  .error())
          .isEqualTo(
              "400 invalid_request: MFA is not supported for organizations in a custom token"
                  + " exchange.");
    }

    private static String organizationId() {
      return TestNode.shared()
          .column("select id from organization where tenant_id = 'contract' and name = 'acme'")
          .getFirst();
    }

    @Test
    @DisplayName("§4.5, §7.4 (actions-runtime) with an actor: its exact text")
    void actor() {
      assertThat(
              TokenRequest.running(
                      TokenRequest.SET_JANE + "api.authentication.setActor({sub: 'a'})")
                  .client("mfa")
                  .with("post_login", "api.multifactor.enable('any')")
                  .post()
                  .error())
          .isEqualTo(
              "400 invalid_request: MFA is not supported using actor_token with the requested"
                  + " token exchange profile.");
    }

    @Test
    @DisplayName("§8 nothing of the token and of what is pending stands in the database in clear")
    void sealed() {
      String token =
          SecondFactor.begin(
              user.exchange()
                  .with(
                      "post_login",
                      "api.multifactor.enable('any'); api.idToken.setCustomClaim('pet','quokka')"));

      List<String> rows =
          TestNode.shared()
              .column(
                  "select l::text || encode(l.sealed_login, 'escape') from mfa_login l"
                      + " where user_id = ?",
                  user.userId());
      assertThat(rows).hasSize(1);
      assertThat(rows.getFirst()).doesNotContain(token, "quokka", "api.contract.example");
    }

    @Test
    @DisplayName("§11.1 discovery lists endpoint and grants exactly while a factor is enabled")
    void listed() {
      ObjectNode document = discovery();
      assertThat(document.path("mfa_challenge_endpoint").asText())
          .isEqualTo(TestNode.shared().contract() + "mfa/challenge");
      assertThat(document.path("grant_types_supported").toString())
          .contains(SecondFactor.OTP, SecondFactor.OOB, SecondFactor.RECOVERY_CODE);
      assertThat(
              TokenRequest.get(TestNode.shared().quickstart() + ".well-known/openid-configuration")
                  .response()
                  .body())
          .doesNotContain("mfa");
    }
  }

  @Nested
  @DisplayName("§8 An authenticator app")
  class App {
    @Test
    @DisplayName(
        "§8 first login: enrolment, code, and the answer that the exchange would have given")
    void firstLogin() {
      TokenRequest exchange =
          user.exchange()
              .with("scope", "openid profile read")
              .with(
                  "post_login",
                  "api.multifactor.enable('any').accessToken.setCustomClaim('a', {b: 1})"
                      + ".idToken.setCustomClaim('c', 2); api.accessToken.addScope('extra')");
      String token = SecondFactor.begin(exchange);
      Answer enrolled = associate(token, "{'authenticator_types':['otp']}");
      String key = enrolled.text("secret");
      assertThat(enrolled.text("authenticator_type")).isEqualTo("otp");
      assertThat(key).matches("[A-Z2-7]{32}");
      assertThat(enrolled.text("barcode_uri"))
          .startsWith("otpauth://totp/Contract:")
          .contains("secret=" + key, "issuer=Contract", "digits=6", "period=30");
      assertThat(enrolled.json().path("recovery_codes").path(0).asText()).matches("[A-Z2-7]{24}");
      assertThat(authenticators(token).path(0).path("active").asBoolean()).isFalse();

      TokenRequest request = finishByOtp(token, code(key, 0));
      Answer answer = request.post();

      assertThat(answer.status()).as(answer.response().body()).isEqualTo(200);
      ObjectNode body = answer.json();
      assertThat(body.path("issued_token_type").asText())
          .isEqualTo("urn:ietf:params:oauth:token-type:access_token");
      assertThat(body.path("token_type").asText()).isEqualTo("Bearer");
      assertThat(body.path("scope").asText()).isEqualTo("openid profile read extra");
      assertThat(body.has("recovery_code")).isFalse();
      assertThat(answer.accessToken().path("sub").asText()).isEqualTo(user.userId());
      assertThat(answer.accessToken().path("a").path("b").asInt()).isEqualTo(1);
      assertThat(answer.accessToken().path("azp").asText()).isEqualTo("mfa");
      assertThat(answer.accessToken().has("gty")).isFalse();
      assertThat(answer.idToken().path("c").asInt()).isEqualTo(2);
      assertThat(answer.idToken().path("name").asText()).isEqualTo("U");
      List<ObjectNode> logs = TestNode.shared().logs(request.userAgent());
      assertThat(types(request)).containsExactly("seotpft", "secte");
      assertThat(logs.get(1).path("details").path("subject_token_type").asText())
          .isEqualTo("urn:contract:scripted");
      assertThat(logs.get(1).path("user_id").asText()).isEqualTo(user.userId());
      assertThat(logs.get(1).path("audience").asText()).isEqualTo("https://api.contract.example");
      assertThat(logs.toString()).doesNotContain(token, key);
    }

    @Test
    @DisplayName("§8 later logins: list, challenge, code; each token and each code is good once")
    void laterLogin() {
      String first = user.begin();
      String key = enrollApp(first);
      String used = code(key, 0);
      assertThat(finishByOtp(first, used).post().status()).isEqualTo(200);
      assertThat(finishByOtp(first, code(key, 1)).post().error()).isEqualTo(GONE);

      Answer demand = user.exchange().post();
      assertThat(demand.json().path("mfa_requirements"))
          .hasToString("{\"challenge\":[{\"type\":\"otp\"},{\"type\":\"recovery-code\"}]}");
      String second = demand.text("mfa_token");
      JsonNode list = authenticators(second);
      assertThat(list).hasSize(2);
      assertThat(list.path(0).path("authenticator_type").asText()).isEqualTo("otp");
      assertThat(list.path(0).path("id").asText()).matches("otp\\|dev_[A-Z2-7]{16}");
      assertThat(list.path(0).path("active").asBoolean()).isTrue();
      assertThat(list.path(1).path("authenticator_type").asText()).isEqualTo("recovery-code");
      assertThat(challenge(second, "").json()).hasToString("{\"challenge_type\":\"otp\"}");
      TokenRequest replayed = finishByOtp(second, used);
      assertThat(replayed.post().error()).isEqualTo(WRONG);
      assertThat(types(replayed)).containsExactly("feotpft");
      assertThat(finishByOtp(second, code(key, 1)).post().status()).isEqualTo(200);
    }

    @Test
    @DisplayName(
        "§8, §7.7 with offline_access the code brings a refresh token, which serves without one")
    void offlineAccess() {
      String token =
          SecondFactor.begin(
              user.exchange()
                  .with("audience", "https://offline.contract.example")
                  .with("scope", "openid offline_access"));
      Answer login = finishByOtp(token, code(enrollApp(token), 0)).post();
      assertThat(login.status()).isEqualTo(200);

      Answer refreshed =
          finish("refresh_token", token)
              .without("mfa_token")
              .with("refresh_token", login.text("refresh_token"))
              .post();
      assertThat(refreshed.status()).isEqualTo(200);
      assertThat(refreshed.text("scope")).isEqualTo("openid offline_access");
      assertThat(refreshed.accessToken().path("sub").asText()).isEqualTo(user.userId());
    }

    @Test
    @DisplayName("§8 of twenty requests with one code, one gets tokens")
    void race() {
      String token = user.begin();
      String key = enrollApp(token);
      String code = code(key, 0);

      List<CompletableFuture<Integer>> answers =
          IntStream.range(0, 20)
              .mapToObj(
                  i ->
                      CompletableFuture.supplyAsync(() -> finishByOtp(token, code).post().status()))
              .toList();

      assertThat(answers.stream().map(CompletableFuture::join).filter(s -> s == 200)).hasSize(1);
    }

    @Test
    @DisplayName("§8 ten wrong codes end the login, and the user's next must wait")
    void guessing() {
      String token = user.begin();
      String key = enrollApp(token);
      String wrong = wrongCode(key);
      for (int i = 0; i < 10; i++) {
        assertThat(finishByOtp(token, wrong).post().error()).isEqualTo(WRONG);
      }
      assertThat(finishByOtp(token, code(key, 0)).post().error()).isEqualTo(GONE);

      String next = user.begin();
      enrollApp(next);
      Answer refused = finishByOtp(next, wrong).post();
      assertThat(refused.error())
          .isEqualTo(
              "429 too_many_attempts: Too many codes were tried for the user. Try again later.");
      assertThat(refused.header("Retry-After")).isEqualTo("360");
    }

    @Test
    @DisplayName("§8 event.user tells of enrolled factors, and of nothing before")
    void enrolledFactors() {
      TokenRequest show =
          user.exchange()
              .with(
                  "post_login",
                  "api.access.deny(JSON.stringify([event.user.enrolledFactors ?? null,"
                      + " event.user.multifactor ?? null]))");
      String token = user.begin();
      String key = enrollApp(token);
      assertThat(show.post().text("error_description")).isEqualTo("[null,null]");
      finishByOtp(token, code(key, 0)).post();

      assertThat(show.post().text("error_description"))
          .isEqualTo("[[{\"type\":\"otp\"},{\"type\":\"recovery-code\"}],[\"guardian\"]]");
    }
  }

  @Nested
  @DisplayName("§8 Enrolment")
  class Enrolment {
    @Test
    @DisplayName("§8 who has a factor does not enrol another by the first factor alone")
    void once() {
      String token = user.begin();
      String key = enrollApp(token);
      finishByOtp(token, code(key, 0)).post();

      assertThat(associate(user.begin(), "{'authenticator_types':['otp']}").error())
          .isEqualTo("403 access_denied: The user has already enrolled a second factor");
    }

    @Test
    @DisplayName("§8 what another login had begun to enrol proves nothing")
    void foreign() {
      String attacker = user.begin();
      String theirs = enrollApp(attacker);
      String token = user.begin();
      assertThat(finishByOtp(token, code(theirs, 0)).post().error()).isEqualTo(WRONG);
      String key = enrollApp(token);
      assertThat(finishByOtp(token, code(key, 0)).post().status()).isEqualTo(200);

      assertThat(finishByOtp(attacker, code(theirs, 0)).post().error()).isEqualTo(WRONG);
      assertThat(authenticators(attacker)).hasSize(2);
      assertThat(authenticators(attacker).toString()).doesNotContain("\"active\":false");
    }

    @ParameterizedTest
    @DisplayName("§8 what cannot be enrolled")
    @CsvSource(
        delimiter = '|',
        value = {
          "{'authenticator_types':['otp'|400 invalid_request: The request body is not valid JSON",
          "[]|400 invalid_request: The request body must be one JSON object",
          "{}|400 invalid_request: authenticator_types must be a list of otp or oob",
          "{'authenticator_types':['fax']}|400 invalid_request: authenticator_types must be a list"
              + " of otp or oob",
          "{'authenticator_types':['oob']}|400 invalid_request: oob_channels must be a list of"
              + " sms, voice, email or auth0",
          "{'authenticator_types':['oob'],'oob_channels':['owl']}|400 invalid_request: oob_channels"
              + " must be a list of sms, voice, email or auth0",
          "{'authenticator_types':['oob'],'oob_channels':['auth0']}|400"
              + " unsupported_challenge_type: The tenant has enabled none of these factors",
          "{'authenticator_types':['oob'],'oob_channels':['sms']}|400 invalid_request: phone_number"
              + " must be a number in E.164, with its plus sign",
          "{'authenticator_types':['oob'],'oob_channels':['sms'],'phone_number':'123'}|400"
              + " invalid_request: phone_number must be a number in E.164, with its plus sign"
        })
    void refused(String body, String error) {
      assertThat(associate(user.begin(), body).error()).isEqualTo(error);
    }

    @Test
    @DisplayName("§8 the key of an app stands nowhere in clear, recovery codes by their hash")
    void sealed() {
      String token = user.begin();
      Answer enrolled = associate(token, "{'authenticator_types':['otp']}");

      assertThat(
              TestNode.shared()
                  .column(
                      "select a::text || encode(coalesce(a.sealed_secret, ''), 'escape')"
                          + " from mfa_authenticator a where user_id = ?",
                      user.userId()))
          .hasSize(2)
          .noneMatch(
              row ->
                  row.contains(enrolled.text("secret"))
                      || row.contains(enrolled.json().path("recovery_codes").path(0).asText()));
    }
  }

  @Nested
  @DisplayName("§8 Recovery codes")
  class Recovery {
    @Test
    @DisplayName("§8 a recovery code is good once and gives way to another")
    void replaced() {
      String token = user.begin();
      Answer enrolled = associate(token, "{'authenticator_types':['otp']}");
      String code = enrolled.json().path("recovery_codes").path(0).asText();
      TokenRequest unproved = finish(SecondFactor.RECOVERY_CODE, token).with("recovery_code", code);
      assertThat(unproved.post().error()).isEqualTo("403 invalid_grant: Invalid recovery_code.");
      finishByOtp(token, code(enrolled.text("secret"), 0)).post();

      TokenRequest request =
          finish(SecondFactor.RECOVERY_CODE, user.begin()).with("recovery_code", code);
      Answer answer = request.post();
      String next = answer.text("recovery_code");
      assertThat(answer.status()).isEqualTo(200);
      assertThat(next).matches("[A-Z2-7]{24}").isNotEqualTo(code);
      assertThat(types(request)).containsExactly("sercft", "secte");

      String last = user.begin();
      TokenRequest old = finish(SecondFactor.RECOVERY_CODE, last).with("recovery_code", code);
      assertThat(old.post().error()).isEqualTo("403 invalid_grant: Invalid recovery_code.");
      assertThat(types(old)).containsExactly("fercft");
      assertThat(
              finish(SecondFactor.RECOVERY_CODE, last)
                  .with("recovery_code", next.toLowerCase(Locale.ROOT))
                  .post()
                  .status())
          .isEqualTo(200);
    }
  }

  @Nested
  @DisplayName("§8 Out of band")
  class OutOfBand {
    private static final String SMS =
        "{'authenticator_types':['oob'],'oob_channels':['sms'],'phone_number':'+15550100'}";

    private static TokenRequest finishByCode(String token, String oobCode, String binding) {
      return finish(SecondFactor.OOB, token)
          .with("oob_code", oobCode)
          .with("binding_code", binding);
    }

    @Test
    @DisplayName("§8 enrolment sends a code at once: oob_code, binding_method prompt")
    void enrolment() {
      String token = user.begin();
      ObjectNode body = associate(token, SMS).json();

      assertThat(body.path("authenticator_type").asText()).isEqualTo("oob");
      assertThat(body.path("oob_channel").asText()).isEqualTo("sms");
      assertThat(body.path("binding_method").asText()).isEqualTo("prompt");
      String oobCode = body.path("oob_code").asText();
      TokenRequest wrong = finishByCode(token, oobCode, "no");
      assertThat(wrong.post().error()).isEqualTo("403 invalid_grant: Invalid binding_code.");
      assertThat(types(wrong)).containsExactly("feoobft");
      assertThat(finish(SecondFactor.OOB, token).with("oob_code", oobCode).post().error())
          .isEqualTo("400 invalid_request: Missing required parameter: binding_code");
      assertThat(finishByCode(token, "other", "000000").post().error())
          .isEqualTo("403 invalid_grant: Invalid oob_code.");
      assertThat(finishByCode(user.begin(), oobCode, "000000").post().error())
          .isEqualTo("403 invalid_grant: Invalid oob_code.");
      JsonNode listed = authenticators(token).path(0);
      assertThat(listed.path("name").asText()).isEqualTo("XXXX0100");
      assertThat(listed.path("oob_channel").asText()).isEqualTo("sms");
    }

    @Test
    @DisplayName("§8 more than twelve completions a minute: slow_down")
    void slowDown() {
      String token = user.begin();
      TokenRequest request = finishByCode(token, "other", "000000");
      for (int i = 0; i < 12; i++) {
        assertThat(request.post().status()).isEqualTo(403);
      }
      Answer answer = request.post();
      assertThat(answer.status()).isEqualTo(400);
      assertThat(answer.text("error")).isEqualTo("slow_down");
    }

    @Test
    @DisplayName("§8 more than ten messages an hour are refused, whatever the login")
    void messages() {
      for (int i = 0; i < 10; i++) {
        assertThat(associate(user.begin(), SMS).status()).isEqualTo(200);
      }
      assertThat(associate(user.begin(), SMS).error())
          .isEqualTo(
              "429 too_many_attempts: Too many messages were sent to the user. Try again later.");
    }

    @Test
    @DisplayName("§8 challenges: who has no factor, an unknown type, an unknown client")
    void challenges() {
      String token = user.begin();
      assertThat(challenge(token, "").error())
          .isEqualTo("400 association_required: The user has not enrolled a second factor");
      String key = enrollApp(token);
      finishByOtp(token, code(key, 0)).post();

      String next = user.begin();
      assertThat(challenge(next, ",'challenge_type':'oob'").text("error"))
          .isEqualTo("unsupported_challenge_type");
      assertThat(challenge(next, ",'authenticator_id':'otp|dev_X'").text("error"))
          .isEqualTo("unsupported_challenge_type");
      assertThat(challenge("forged", "").error()).isEqualTo(GONE);
      assertThat(
              SecondFactor.bearer(
                      "challenge",
                      "none",
                      "POST",
                      "{'client_id':'mfa','client_secret':'wrong','mfa_token':'" + next + "'}")
                  .error())
          .isEqualTo("401 access_denied: Unauthorized");
      assertThat(
              SecondFactor.bearer(
                      "challenge",
                      "none",
                      "POST",
                      "{'client_id':'app','client_secret':'app-secret-0123456789','mfa_token':'"
                          + next
                          + "'}")
                  .error())
          .isEqualTo(GONE);
    }
  }

  @Nested
  @DisplayName("§8 The pending login")
  class Pending {
    @Test
    @DisplayName("§8 a token that is unknown, expired or another client's: 401")
    void unknown() {
      String token = user.begin();
      String key = enrollApp(token);
      assertThat(finishByOtp("nonsense", "000000").post().error()).isEqualTo(GONE);
      assertThat(finishByOtp(token, code(key, 0)).client("mfa-otp-only").post().error())
          .isEqualTo(GONE);
      assertThat(
              TestNode.shared()
                  .column(
                      "select extract(epoch from expires_at - now())::int::text from mfa_login"
                          + " where user_id = ?",
                      user.userId())
                  .getFirst())
          .matches("59\\d|600");
      TestNode.shared()
          .execute("update mfa_login set expires_at = now() where user_id = ?", user.userId());
      assertThat(finishByOtp(token, code(key, 0)).post().error()).isEqualTo(GONE);
      assertThat(associate(token, "{'authenticator_types':['otp']}").error()).isEqualTo(GONE);
    }

    @Test
    @DisplayName("§8 a user who is blocked or deleted meanwhile gets nothing")
    void userGone() {
      String token = user.begin();
      String key = enrollApp(token);
      String path = "/users/" + Administrator.segment(user.userId());
      admin.patch(path, "{'blocked':true}");
      assertThat(finishByOtp(token, code(key, 0)).post().error())
          .isEqualTo("403 unauthorized: user is blocked");
      admin.delete(path);
      assertThat(finishByOtp(token, code(key, 0)).post().error()).isEqualTo(GONE);
    }

    @Test
    @DisplayName("§8 an API that is closed to users or deleted meanwhile: no token, no code used")
    void audienceGone() {
      String api = "https://" + UUID.randomUUID() + ".example";
      admin.post(
          "/resource-servers",
          "{'identifier':'%s','skip_consent_for_verifiable_first_party_clients':true}"
              .formatted(api));
      await()
          .until(
              () ->
                  user.exchange()
                      .with("audience", api)
                      .post()
                      .text("error")
                      .equals("mfa_required"));
      String token = SecondFactor.begin(user.exchange().with("audience", api));
      enrollApp(token);
      String path = "/resource-servers/" + Administrator.segment(api);
      admin.patch(path, "{'subject_type_authorization':{'user':{'policy':'deny_all'}}}");
      await()
          .until(
              () ->
                  finishByOtp(token, "none")
                      .post()
                      .error()
                      .startsWith("403 unauthorized_client: Client is not authorized"));
      admin.delete(path);
      await()
          .until(
              () ->
                  finishByOtp(token, "none")
                      .post()
                      .error()
                      .equals("403 access_denied: Service not found: " + api));
      assertThat(
              TestNode.shared()
                  .column(
                      "select last_step::text from mfa_authenticator"
                          + " where user_id = ? and factor = 'otp'",
                      user.userId()))
          .containsExactly("-1");
    }

    @Test
    @DisplayName("§8, §1.4 a login that was begun with a key is completed with that key")
    void boundToKey() {
      DpopProof key = DpopProof.es256();
      String token =
          SecondFactor.begin(
              user.exchange()
                  .with("audience", "https://dpop.contract.example")
                  .header("DPoP", key.sign()));
      key.claims.put("jti", token);
      String secret = enrollApp(token);
      assertThat(finishByOtp(token, code(secret, 0)).post().text("error"))
          .isEqualTo("invalid_dpop_proof");
      assertThat(
              finishByOtp(token, code(secret, 0))
                  .header("DPoP", DpopProof.es256().sign())
                  .post()
                  .text("error"))
          .isEqualTo("invalid_dpop_proof");

      Answer answer = finishByOtp(token, code(secret, 0)).header("DPoP", key.sign()).post();
      assertThat(answer.text("token_type")).isEqualTo("DPoP");
      assertThat(answer.accessToken().path("cnf").path("jkt").asText()).isEqualTo(key.thumbprint());
    }

    @ParameterizedTest
    @DisplayName("§8 /mfa without a token: 401; by another method: 405")
    @ValueSource(strings = {"authenticators", "associate", "challenge"})
    void doors(String path) {
      String method = path.equals("authenticators") ? "GET" : "POST";
      Answer without =
          TokenRequest.send(
              HttpRequest.newBuilder(URI.create(TestNode.shared().contract() + "mfa/" + path))
                  .header("Content-Type", "application/json")
                  .method(method, HttpRequest.BodyPublishers.ofString("{\"client_id\":\"x\"}"))
                  .build());
      Answer deleted = SecondFactor.bearer(path, "x", "DELETE", "");

      assertThat(without.status()).isEqualTo(401);
      assertThat(deleted.status()).isEqualTo(405);
      assertThat(deleted.header("Allow")).isEqualTo(method);
    }

    @Test
    @DisplayName("§8 missing parameters: 400, and nothing is used up")
    void missing() {
      String token = user.begin();
      assertThat(finish(SecondFactor.OTP, token).post().error())
          .isEqualTo("400 invalid_request: Missing required parameter: otp");
      assertThat(finish(SecondFactor.OOB, token).post().error())
          .isEqualTo("400 invalid_request: Missing required parameter: oob_code");
      assertThat(finish(SecondFactor.RECOVERY_CODE, token).post().error())
          .isEqualTo("400 invalid_request: Missing required parameter: recovery_code");
      assertThat(finishByOtp(token, "000000").without("mfa_token").post().error())
          .isEqualTo("400 invalid_request: Missing required parameter: mfa_token");
      assertThat(
              TestNode.shared()
                  .column("select attempts::text from mfa_login where user_id = ?", user.userId()))
          .containsExactly("0");
    }
  }
}
