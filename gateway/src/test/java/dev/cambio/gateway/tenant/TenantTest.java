package dev.cambio.gateway.tenant;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import java.util.Set;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TenantTest {
  private static final Tenant TENANT =
      new Tenant(
          "t",
          "t.example",
          Set.of("t.example", "localhost:8443"),
          JsonNodeFactory.instance.objectNode());

  @ParameterizedTest
  @ValueSource(
      strings = {
        "https://t.example/",
        "http://t.example/",
        "https://localhost:8443/",
        "http://localhost:8443/"
      })
  void everyHostIsAnIssuerByEitherScheme(String issuer) {
    assertThat(TENANT.isIssuer(issuer)).isTrue();
    assertThat(TENANT.isManagementAudience(issuer + "api/v2/")).isTrue();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "/",
        "https://",
        "https://t.example",
        "https://t.example//",
        "https://T.example/",
        "https://x@t.example/",
        "https://t.example/path/",
        "https://localhost/",
        "https://t.example.evil.example/",
        "ftp://t.example/",
        "t.example/"
      })
  void nothingElseIsAnIssuer(String issuer) {
    assertThat(TENANT.isIssuer(issuer)).isFalse();
    assertThat(TENANT.isManagementAudience(issuer + "api/v2/")).isFalse();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "https://t.example/",
        "https://t.example/api/v2",
        "https://t.exampleapi/v2/",
        "https://t.example/api/v2/x/",
        "https://t.example/API/v2/",
        "/api/v2/",
        "api/v2/"
      })
  void nothingElseNamesTheManagementApi(String audience) {
    assertThat(TENANT.isManagementAudience(audience)).isFalse();
  }
}
