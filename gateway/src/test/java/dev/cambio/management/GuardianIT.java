package dev.cambio.management;

import static org.assertj.core.api.Assertions.assertThat;

import dev.cambio.e2e.TestNode;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@DisplayName("Second factors in the Management API, contract token-endpoint §8")
class GuardianIT {
  private final Administrator admin = Administrator.quickstart();
  private final String stored =
      TestNode.shared().column("select settings::text from tenant where id = 'quickstart'").get(0);

  @AfterEach
  void restore() {
    TestNode.shared()
        .execute("update tenant set settings = ?::jsonb where id = 'quickstart'", stored);
  }

  @Test
  @DisplayName("§8 factors: all that Auth0 names, none enabled but recovery codes")
  void factors() {
    assertThat(admin.get("/guardian/factors").body().findValuesAsText("name"))
        .containsExactlyInAnyOrder(
            "otp",
            "sms",
            "email",
            "push-notification",
            "recovery-code",
            "duo",
            "webauthn-platform",
            "webauthn-roaming");
    assertThat(enabled()).isEqualTo("recovery-code");
    assertThat(admin.put("/guardian/factors/otp", "{'enabled':true}").body())
        .hasToString("{\"enabled\":true}");
    admin.put("/guardian/factors/recovery-code", "{'enabled':false}");
    assertThat(enabled()).isEqualTo("otp");
    assertThat(admin.get("/tenants/settings").body().has("guardian")).isFalse();
  }

  private String enabled() {
    StringBuilder names = new StringBuilder();
    admin
        .get("/guardian/factors")
        .body()
        .forEach(
            factor -> {
              if (factor.path("enabled").asBoolean()) {
                names.append(factor.path("name").asText());
              }
            });
    return names.toString();
  }

  @ParameterizedTest
  @DisplayName("§8 what cannot be set")
  @CsvSource(
      delimiter = '|',
      value = {
        "/guardian/factors/duo|{'enabled':true}|400",
        "/guardian/factors/owl|{'enabled':true}|404",
        "/guardian/factors/otp|{}|400",
        "/guardian/factors/otp|{'enabled':'yes'}|400",
        "/guardian/policies|['sometimes']|400",
        "/guardian/policies|{}|400"
      })
  void refused(String path, String body, int status) {
    assertThat(admin.put(path, body).status()).isEqualTo(status);
  }

  @Test
  @DisplayName("§8 policies: none, and as they were set")
  void policies() {
    assertThat(admin.get("/guardian/policies").body()).hasToString("[]");
    assertThat(admin.put("/guardian/policies", "['confidence-score']").body())
        .hasToString("[\"confidence-score\"]");
    assertThat(admin.get("/guardian/policies").body()).hasToString("[\"confidence-score\"]");
  }

  @Test
  @DisplayName("§8 enrolments are listed without what they hold, and taken away together")
  void enrollments() {
    String user =
        admin
            .post(
                "/users",
                "{'connection':'Username-Password-Authentication','email':'%s@a.example','password':'Pw-0123456789'}"
                    .formatted(Administrator.unique("guardian")))
            .body()
            .path("user_id")
            .asText();
    String path = "/users/" + Administrator.segment(user);
    TestNode.shared()
        .execute(
            "insert into mfa_authenticator (tenant_id, id, user_id, factor, channel, active,"
                + " sealed_secret, created_at) values ('quickstart', 'sms|dev_' || ?, ?, 'phone',"
                + " 'sms', true, 'sealed', '2026-01-02T03:04:05Z')",
            user,
            user);

    assertThat(admin.get(path + "/enrollments").body())
        .hasToString(
            "[{\"id\":\"sms|dev_%s\",\"status\":\"confirmed\",\"type\":\"phone\",".formatted(user)
                + "\"auth_method\":\"sms\",\"enrolled_at\":\"2026-01-02T03:04:05.000Z\"}]");
    assertThat(admin.delete(path + "/authenticators").status()).isEqualTo(204);
    assertThat(admin.get(path + "/enrollments").body()).hasToString("[]");
    assertThat(admin.get("/users/auth0%7Cnobody/enrollments").status()).isEqualTo(404);
  }

  @Test
  @DisplayName("§8 each needs its scope")
  void scopes() {
    Administrator nobody = Administrator.contract().as("reader", "reader-secret-0123456789");
    assertThat(nobody.get("/guardian/factors").message())
        .isEqualTo("Insufficient scope, expected any of: read:guardian_factors");
    assertThat(nobody.put("/guardian/policies", "[]").message())
        .isEqualTo("Insufficient scope, expected any of: update:mfa_policies");
  }
}
