package dev.cambio.gateway.token;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.TextNode;
import dev.cambio.gateway.audience.ResourceServer;
import dev.cambio.model.oauth.ScopeSet;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@DisplayName("Custom claims, contract token-endpoint §7.4")
class CustomClaimsTest {
  private static final ResourceServer API = api(false);

  @ParameterizedTest
  @ValueSource(
      strings = {
        "acr",
        "act",
        "aud",
        "azp",
        "cnf",
        "exp",
        "gty",
        "iat",
        "iss",
        "jti",
        "may_act",
        "nbf",
        "org_id",
        "permissions",
        "scope",
        "sub",
        "x5t#S256"
      })
  void restrictedNamesAreDropped(String name) {
    assertThat(isAllowed(name, "openid profile email", API)).isFalse();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"role", "https://acme.example/claim", "http://acme.example/c", "urn:acme:claim"})
  void privateNamesAreAllowed(String name) {
    assertThat(isAllowed(name, "", API)).isTrue();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "https://auth0.com/c",
        "https://x.auth0.com/c",
        "https://webtask.io/c",
        "http://a.webtask.run/c",
        "urn:auth0:c",
        "https://",
        ""
      })
  void reservedNamespacesAreDropped(String name) {
    assertThat(isAllowed(name, "", API)).isFalse();
  }

  @ParameterizedTest
  @CsvSource({
    "email, openid, false",
    "email, email, true",
    "name, profile, true",
    "name, email, false",
    "phone_number, phone, true",
    "address, address, true",
    "address, profile, false"
  })
  void standardClaimsFollowTheirScope(String name, String scope, boolean allowed) {
    assertThat(isAllowed(name, scope, API)).isEqualTo(allowed);
  }

  @ParameterizedTest
  @CsvSource({"role, false", "urn:acme:claim, false", "https://acme.example/claim, true"})
  void onTheManagementApiOnlyUrlsAreAllowed(String name, boolean allowed) {
    assertThat(isAllowed(name, "", api(true))).isEqualTo(allowed);
  }

  @Test
  void nullIsNotAdded() {
    assertThat(
            CustomClaims.allowed(
                Map.of("role", JsonNodeFactory.instance.nullNode()), ScopeSet.EMPTY, API))
        .isEmpty();
  }

  private static boolean isAllowed(String name, String scopes, ResourceServer api) {
    return !CustomClaims.allowed(Map.of(name, TextNode.valueOf("v")), ScopeSet.parse(scopes), api)
        .isEmpty();
  }

  private static ResourceServer api(boolean system) {
    return new ResourceServer(
        "https://api.acme.example",
        "https://api.acme.example",
        JsonNodeFactory.instance.objectNode().put("is_system", system),
        Optional.empty());
  }
}
