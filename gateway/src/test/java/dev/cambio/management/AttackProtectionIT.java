package dev.cambio.management;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.cambio.e2e.TestNode;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@DisplayName("Attack protection, contract management-api §2.10")
class AttackProtectionIT {
  private static final String THROTTLING = "/attack-protection/suspicious-ip-throttling";

  private final Administrator admin = Administrator.quickstart();
  private final String stored =
      TestNode.shared().column("select settings::text from tenant where id = 'quickstart'").get(0);

  @AfterEach
  void restore() {
    TestNode.shared()
        .execute("update tenant set settings = ?::jsonb where id = 'quickstart'", stored);
  }

  @Test
  @DisplayName("§2.10 throttling shows its three stages with their defaults")
  void showsDefaults() {
    JsonNode section = admin.get(THROTTLING).body();

    assertThat(section.at("/stage/pre-login/max_attempts").asInt()).isEqualTo(100);
    assertThat(section.at("/stage/pre-login/rate").asInt()).isEqualTo(864_000);
    assertThat(section.at("/stage/pre-user-registration/max_attempts").asInt()).isEqualTo(50);
    assertThat(section.at("/stage/pre-custom-token-exchange/max_attempts").asInt()).isEqualTo(10);
    assertThat(section.at("/stage/pre-custom-token-exchange/rate").asInt()).isEqualTo(600_000);
  }

  @Test
  @DisplayName("§2.10 a stage is merged into the others, lists are replaced")
  void mergesStages() {
    admin.patch(THROTTLING, "{'stage':{'pre-login':{'max_attempts':7}},'allowlist':['192.0.2.1']}");

    JsonNode section =
        admin
            .patch(
                THROTTLING,
                "{'stage':{'pre-custom-token-exchange':{'max_attempts':3}},"
                    + "'allowlist':['2001:db8::/32']}")
            .body();

    assertThat(section.at("/stage/pre-login/max_attempts").asInt()).isEqualTo(7);
    assertThat(section.at("/stage/pre-login/rate").asInt()).isEqualTo(864_000);
    assertThat(section.at("/stage/pre-custom-token-exchange/max_attempts").asInt()).isEqualTo(3);
    assertThat(section.path("allowlist").toString()).isEqualTo("[\"2001:db8::/32\"]");
    assertThat(admin.get(THROTTLING).body()).isEqualTo(section);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{'stage':{'pre-login':{'max_attempts':0}}}|stage.pre-login.max_attempts",
        "{'stage':{'pre-login':{'max_attempts':2501}}}|stage.pre-login.max_attempts",
        "{'stage':{'pre-login':{'rate':34559}}}|stage.pre-login.rate",
        "{'stage':{'pre-custom-token-exchange':{'rate':1199}}}|stage.pre-custom-token-exchange.rate",
        "{'stage':{'nonsense':{}}}|stage",
        "{'shields':['nonsense']}|shields[0]",
        "{'allowlist':['192.0.2.300']}|allowlist[0]",
        "{'allowlist':['192.0.2.0/33']}|allowlist[0]",
        "{'allowlist':['localhost']}|allowlist[0]",
        "{'enabled':1}|enabled",
      })
  @DisplayName("§2.10 values out of bounds are refused by name")
  void refuses(String body, String property) {
    assertThat(admin.patch(THROTTLING, body).status()).isEqualTo(400);
    assertThat(admin.patch(THROTTLING, body).message()).endsWith("on property " + property + ".");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "suspicious-ip-throttling",
        "brute-force-protection",
        "breached-password-detection"
      })
  @DisplayName("§3.1 what a section shows can be sent back and changes nothing")
  void acceptsWhatItShows(String section) {
    String path = "/attack-protection/" + section;
    JsonNode shown = admin.get(path).body();

    assertThat(admin.patch(path, shown).body()).isEqualTo(shown);
    assertThat(admin.get(path).body()).isEqualTo(shown);
  }

  @Test
  @DisplayName("§2.10 bot detection and CAPTCHA are kept, the providers' secrets are not")
  void keepsTheRest() {
    String captcha = "/attack-protection/captcha";
    assertThat(admin.get(captcha).body()).isEmpty();

    admin.patch(
        captcha,
        "{'active_provider_id':'hcaptcha','hcaptcha':{'site_key':'k','secret':'hidden-value'}}");
    admin.patch("/attack-protection/bot-detection", "{'bot_detection_level':'high'}");

    assertThat(admin.get(captcha).body().path("active_provider_id").asText()).isEqualTo("hcaptcha");
    assertThat(admin.get(captcha).body().path("hcaptcha").toString())
        .isEqualTo("{\"site_key\":\"k\"}");
    assertThat(
            TestNode.shared()
                .column("select settings::text from tenant where id = 'quickstart'")
                .get(0))
        .doesNotContain("hidden-value");
    assertThat(
            admin
                .get("/attack-protection/bot-detection")
                .body()
                .path("bot_detection_level")
                .asText())
        .isEqualTo("high");
  }
}
