package dev.cambio.management;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.cambio.e2e.TestNode;
import dev.cambio.management.Administrator.Response;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("Tenant settings, contract management-api §2.14")
class TenantSettingsIT {
  private static final String PATH = "/tenants/settings";
  private static final String REVISION =
      "select revision::text from tenant where id = 'quickstart'";

  private final Administrator admin = Administrator.quickstart();
  private final String stored =
      TestNode.shared().column("select settings::text from tenant where id = 'quickstart'").get(0);

  @AfterEach
  void restore() {
    TestNode.shared()
        .execute("update tenant set settings = ?::jsonb where id = 'quickstart'", stored);
  }

  @Test
  @DisplayName("§2.14 all settings are shown, with defaults where nobody has said")
  void shows() {
    JsonNode settings = admin.get(PATH).body();

    assertThat(settings.path("session_lifetime").asInt()).isEqualTo(168);
    assertThat(settings.path("idle_session_lifetime").asInt()).isEqualTo(72);
    assertThat(settings.path("enabled_locales").toString()).isEqualTo("[\"en\"]");
    assertThat(settings.path("flags").isObject()).isTrue();
    assertThat(settings.has("attack_protection")).isFalse();
    assertThat(admin.get(PATH + "?fields=flags").body()).hasSize(1);
  }

  @Test
  @DisplayName("§2.14 flags are merged one by one, other settings replaced, null clears")
  void patches() {
    admin.patch(PATH, "{'flags':{'enable_sso':true,'enable_pipeline2':true},'support_url':'u'}");

    JsonNode settings =
        admin
            .patch(
                PATH,
                "{'flags':{'enable_sso':false},'support_url':null,'enabled_locales':['de','en']}")
            .body();

    assertThat(settings.path("flags").toString())
        .contains("\"enable_sso\":false", "\"enable_pipeline2\":true");
    assertThat(settings.has("support_url")).isFalse();
    assertThat(settings.path("enabled_locales").toString()).isEqualTo("[\"de\",\"en\"]");
    assertThat(admin.get(PATH).body()).isEqualTo(settings);
  }

  @Test
  @DisplayName("§2.14 lifetimes may be given in minutes and are shown in hours")
  void convertsLifetimes() {
    JsonNode settings =
        admin
            .patch(
                PATH,
                "{'session_lifetime_in_minutes':90,'idle_session_lifetime':2,"
                    + "'ephemeral_session_lifetime_in_minutes':60}")
            .body();

    assertThat(settings.path("session_lifetime").asDouble()).isEqualTo(1.5);
    assertThat(settings.path("idle_session_lifetime").toString()).isEqualTo("2");
    assertThat(settings.path("ephemeral_session_lifetime").toString()).isEqualTo("1");
    assertThat(settings.has("session_lifetime_in_minutes")).isFalse();
  }

  @Test
  @DisplayName("§4.5 settings that are sent back as they were shown change nothing")
  void acceptsWhatItShows() {
    ObjectNode shown = (ObjectNode) admin.get(PATH).body();
    shown.remove("sandbox_versions_available");
    JsonNode first = admin.patch(PATH, shown).body();
    var revision = TestNode.shared().column(REVISION);

    JsonNode second = admin.patch(PATH, shown).body();

    assertThat(second).isEqualTo(first).isEqualTo(admin.get(PATH).body());
    assertThat(TestNode.shared().column(REVISION)).isEqualTo(revision);
  }

  @Test
  @DisplayName("§2.14 a change of settings leaves attack protection alone")
  void keepsAttackProtection() {
    admin.patch("/attack-protection/suspicious-ip-throttling", "{'allowlist':['192.0.2.7']}");

    admin.patch(PATH, "{'friendly_name':'Other'}");

    assertThat(
            admin
                .get("/attack-protection/suspicious-ip-throttling")
                .body()
                .path("allowlist")
                .toString())
        .isEqualTo("[\"192.0.2.7\"]");
  }

  @Test
  @DisplayName("§2.14 empty, unknown and mistyped settings are refused by name")
  void refuses() {
    assertThat(admin.patch(PATH, "{}").status()).isEqualTo(400);
    assertThat(admin.patch(PATH, "{'attack_protection':{}}").message())
        .contains("Additional properties not allowed: attack_protection");
    Response mistyped = admin.patch(PATH, "{'session_lifetime':'long'}");
    assertThat(mistyped.message()).contains("on property session_lifetime");
    assertThat(admin.patch(PATH, "{'flags':{'x':'y'}}").message()).contains("on property flags.x");
    assertThat(admin.patch(PATH, "{'session_lifetime':-1}").status()).isEqualTo(400);
  }
}
