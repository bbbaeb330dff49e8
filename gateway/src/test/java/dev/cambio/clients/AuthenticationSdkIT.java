package dev.cambio.clients;

import dev.cambio.e2e.TestNode;
import java.net.URI;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** The quickstart tenant's token endpoint through Auth0's SDKs for authentication. */
@DisplayName("auth0 6.4.0 AuthenticationClient and @auth0/auth0-auth-js 1.16.0")
class AuthenticationSdkIT {
  @TestFactory
  @DisplayName("A custom token exchange and client credentials")
  Stream<DynamicTest> exchanges() {
    return NodeScript.tests(
        "authentication-sdk/token-exchange.mjs",
        Map.of(
            "CAMBIO_DOMAIN",
            URI.create(TestNode.shared().tlsQuickstart()).getAuthority(),
            "NODE_EXTRA_CA_CERTS",
            TestNode.shared().caFile().toString()));
  }
}
