package dev.cambio.gateway.token;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.TextNode;
import dev.cambio.gateway.audience.ResourceServer;
import dev.cambio.gateway.audience.Target;
import dev.cambio.gateway.audience.Userinfo;
import dev.cambio.model.bus.Json;
import dev.cambio.model.oauth.ScopeSet;
import java.util.List;
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

  /** Every name of the contract's list, and scope. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "acr act active amr at_hash ath attest aud auth_time authorization_details azp c_hash",
        "client_id cnf cty dest entitlements events exp groups gty htm htu iat internalService",
        "iss jcard jku jti jwe jwk kid may_act mky nbf nonce object_id org_id org_name orig",
        "origid permissions roles rph s_hash sid sip_callid sip_cseq_num sip_date sip_from_tag",
        "sip_via_branch sub sub_jwk toe txn typ uuid vot vtm x5t#S256 scope"
      })
  void restrictedNamesAreDropped(String names) {
    assertThat(names.split(" "))
        .noneMatch(name -> isAllowed(name, "openid profile email", API))
        .noneMatch(name -> isAllowed(name, "openid profile email", new Userinfo("u")));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "role",
        "https://acme.example/claim",
        "http://acme.example/c",
        "https://notauth0.com/c",
        "https://auth0.com.acme.example/c",
        "urn:acme:claim",
        "urn:auth0x:claim",
        "Act"
      })
  void privateNamesAreAllowed(String name) {
    assertThat(isAllowed(name, "", API)).isTrue();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "https://auth0.com/c",
        "HTTPS://AUTH0.COM/c",
        "https://auth0.com./c",
        "https://someone@auth0.com:443/c",
        "http://auth0.com",
        "https://x.auth0.com/c",
        "https://webtask.io/c",
        "http://a.webtask.run/c",
        "urn:auth0:c",
        "URN:Auth0:c",
        "urn:auth0",
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
  void whereThereIsNoApiOnlyUrnsAreDropped() {
    assertThat(isAllowed("urn:acme:claim", "", new Userinfo("u"))).isFalse();
    assertThat(isAllowed("role", "", new Userinfo("u"))).isTrue();
    assertThat(isAllowed("https://acme.example/claim", "", new Userinfo("u"))).isTrue();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "birthdate family_name gender given_name locale middle_name name nickname picture"
            + " preferred_username profile updated_at website zoneinfo, profile",
        "email email_verified, email",
        "phone_number phone_number_verified, phone",
        "address, address"
      })
  void eachStandardClaimNeedsItsOwnScope(String row) {
    String scope = row.split(", ")[1];
    String others = "openid profile email phone address".replace(scope, "x");

    assertThat(row.split(", ")[0].split(" "))
        .allMatch(name -> isAllowed(name, scope, API))
        .noneMatch(name -> isAllowed(name, others, API));
  }

  @Test
  @DisplayName("additions C7 names that poison objects are dropped at any depth")
  void poisonIsDropped() throws Exception {
    assertThat(List.of("__proto__", "constructor", "prototype"))
        .noneMatch(name -> isAllowed(name, "openid profile", API))
        .noneMatch(name -> isAllowed(name, "openid profile", new Userinfo("u")));
    JsonNode value =
        Json.parse(
            """
            {"a":[1,{"__proto__":{"admin":true},"b":null},[{"constructor":1}]],
             "prototype":{"c":2},"d":{"e":{"__proto__":3,"f":"__proto__"}}}\
            """);

    assertThat(CustomClaims.allowed(Map.of("role", value), ScopeSet.EMPTY, API))
        .isEqualTo(
            Map.of(
                "role",
                Json.parse("{\"a\":[1,{\"b\":null},[{}]],\"d\":{\"e\":{\"f\":\"__proto__\"}}}")));
  }

  @Test
  void nullIsNotAdded() {
    assertThat(
            CustomClaims.allowed(
                Map.of("role", JsonNodeFactory.instance.nullNode()), ScopeSet.EMPTY, API))
        .isEmpty();
  }

  private static boolean isAllowed(String name, String scopes, Target api) {
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
