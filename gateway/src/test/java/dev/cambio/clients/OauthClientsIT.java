package dev.cambio.clients;

import dev.cambio.e2e.TestNode;
import java.net.URI;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** Refresh tokens, introspection and revocation through npm's clients for OAuth and OpenID. */
@DisplayName(
    "openid-client 6.9.0 and oauth4webapi 3.8.8, contract token-endpoint §7.7, §11.4, §11.6")
class OauthClientsIT {
  @TestFactory
  @DisplayName("openid-client, confidential and public with DPoP")
  Stream<DynamicTest> openidClient() {
    return tests("oauth-clients/openid-client.mjs");
  }

  @TestFactory
  @DisplayName("oauth4webapi")
  Stream<DynamicTest> oauth4webapi() {
    return tests("oauth-clients/oauth4webapi.mjs");
  }

  private static Stream<DynamicTest> tests(String script) {
    return NodeScript.tests(
        script,
        Map.of(
            "CAMBIO_DOMAIN",
            URI.create(TestNode.shared().tlsQuickstart()).getAuthority(),
            "NODE_EXTRA_CA_CERTS",
            TestNode.shared().caFile().toString()));
  }
}
