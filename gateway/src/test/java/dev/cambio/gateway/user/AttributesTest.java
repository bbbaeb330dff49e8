package dev.cambio.gateway.user;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.cambio.gateway.error.OAuthException.RequestInvalid;
import dev.cambio.model.bus.Json;
import java.util.Set;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@DisplayName("User attributes, contract token-endpoint §5.2 and §5.3")
class AttributesTest {
  private static final String STORED =
      "{\"email\":\"a@b.c\",\"email_verified\":true,\"name\":\"A\",\"nickname\":\"n\"}";

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{}",
        "{\"user_id\":\"\"}",
        "{\"user_id\":7}",
        "{\"user_id\":\"7\",\"role\":\"x\"}",
        "{\"user_id\":\"7\",\"email\":1}",
        "{\"user_id\":\"7\",\"email_verified\":\"true\"}",
        "{\"user_id\":\"7\",\"verify_email\":\"no\"}"
      })
  void refuses(String attributes) {
    assertThatThrownBy(() -> attributes(attributes))
        .isInstanceOfSatisfying(
            RequestInvalid.class,
            e -> assertThat(e.description()).isEqualTo("The user could not be set."));
  }

  @Test
  void refusesMoreThan24() throws Exception {
    ObjectNode many = json("{\"user_id\":\"7\"}");
    for (int i = 0; i < 24; i++) {
      many.put("name" + i, "x");
    }

    assertThatThrownBy(() -> Attributes.of(many)).isInstanceOf(RequestInvalid.class);
  }

  @Test
  void neverStoresUserIdAndVerifyEmail() throws Exception {
    Attributes attributes =
        attributes("{\"user_id\":\"7\",\"email\":\"a@b.c\",\"verify_email\":false}");

    assertThat(attributes.forCreation())
        .isEqualTo(json("{\"email\":\"a@b.c\",\"email_verified\":false}"));
  }

  @Test
  void replaceRemovesWhatIsNotSupplied() throws Exception {
    Attributes attributes =
        attributes("{\"user_id\":\"7\",\"email\":\"a@b.c\",\"given_name\":\"G\"}");

    assertThat(attributes.replacing(json(STORED)))
        .isEqualTo(json("{\"email\":\"a@b.c\",\"email_verified\":true,\"given_name\":\"G\"}"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{\"user_id\":\"7\"}",
        "{\"user_id\":\"7\",\"email\":\"other@b.c\"}",
        "{\"user_id\":\"7\",\"email\":\"a@b.c\",\"email_verified\":false}",
        "{\"user_id\":\"7\",\"email\":\"a@b.c\",\"username\":\"u\"}",
        "{\"user_id\":\"7\",\"email\":\"a@b.c\",\"phone_verified\":true}"
      })
  void replaceRefusesToChangeWhatIsImmutable(String attributes) {
    assertThatThrownBy(() -> attributes(attributes).replacing(json(STORED)))
        .isInstanceOf(RequestInvalid.class);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "oidc | {} | {'user_id':'7'} | false",
        "oidc | {} | {'user_id':'7','email':'a@b.c'} | true",
        "oidc | {} | {'user_id':'7','email':'a@b.c','username':'u'} | true",
        "auth0 | {} | {'user_id':'7','email':'a@b.c','username':'u'} | false",
        "auth0 | {'requires_username':true} | {'user_id':'7','email':'a@b.c'} | false",
        "auth0 | {'requires_username':true} | {'user_id':'7','email':'a@b.c','username':'u'} |"
            + " true",
        "auth0 | {} | {'user_id':'7','email':'a@b.c','phone_number':'+1'} | false",
        "auth0 | {'attributes':{'phone_number':{'identifier':{'active':true}}}}"
            + " | {'user_id':'7','phone_number':'+1'} | true",
        "auth0 | {'attributes':{'phone_number':{'identifier':{'active':true}}}}"
            + " | {'user_id':'7','email':'a@b.c'} | false"
      })
  void creationAsksForTheConnectionsIdentifiers(
      String strategy, String options, String given, boolean complete) throws Exception {
    ObjectNode payload = json("{\"options\":" + options.replace('\'', '"') + "}");
    Connection connection = new Connection("con_1", "c", strategy, payload, Set.of());
    Attributes attributes = attributes(given.replace('\'', '"'));

    if (complete) {
      attributes.requireIdentifiers(connection);
    } else {
      assertThatThrownBy(() -> attributes.requireIdentifiers(connection))
          .isInstanceOf(RequestInvalid.class);
    }
  }

  @ParameterizedTest
  @CsvSource({
    "auth0, auth0|7, 7",
    "google-oauth2, google-oauth2|7, 7",
    "oidc, oidc|acme|7, acme|7",
    "samlp, samlp|acme|7, acme|7",
    "oauth2, oauth2|acme|7, acme|7"
  })
  void userIdsTakeTheFormOfTheirStrategy(String strategy, String userId, String identityId)
      throws Exception {
    Connection connection = new Connection("con_1", "acme", strategy, json("{}"), Set.of());

    assertThat(connection.userIdOf("7")).isEqualTo(userId);
    assertThat(connection.identityIdOf("7")).isEqualTo(identityId);
    assertThat(connection.userIdOf(connection.identityIdOf("7"))).isEqualTo(userId);
  }

  @ParameterizedTest
  @CsvSource({"email, false", "sms, false", "waad, false", "auth0, true", "okta, true"})
  void onlySomeStrategiesCanSetUsers(String strategy, boolean supported) throws Exception {
    assertThat(new Connection("con_1", "acme", strategy, json("{}"), Set.of()).supportsSetUser())
        .isEqualTo(supported);
  }

  @Test
  void customDatabasesInImportModeCannotSetUsers() throws Exception {
    ObjectNode payload = json("{\"options\":{\"import_mode\":true}}");

    assertThat(new Connection("con_1", "db", "auth0", payload, Set.of()).supportsSetUser())
        .isFalse();
  }

  private static Attributes attributes(String json) throws Exception {
    return Attributes.of(json(json));
  }

  private static ObjectNode json(String json) throws Exception {
    return (ObjectNode) Json.parse(json);
  }
}
