package dev.cambio.management;

import static org.assertj.core.api.Assertions.assertThat;

import dev.cambio.management.Administrator.Response;
import java.util.Optional;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("Access to the Management API, contract management-api §1.1, §1.2")
class AccessIT {
  private final Administrator admin = Administrator.quickstart();

  @Test
  @DisplayName("§1.2 without a token: 401 Missing authentication")
  void refusesMissingTokens() {
    Response refused = admin.withoutToken().get("/resource-servers");

    assertThat(refused.status()).isEqualTo(401);
    assertThat(refused.message()).isEqualTo("Missing authentication");
    assertThat(refused.body().path("error").asText()).isEqualTo("Unauthorized");
    assertThat(refused.headers().firstValue("WWW-Authenticate")).contains("Bearer");
  }

  @Test
  @DisplayName("§1.2 with something that is no token: 401 Invalid token")
  void refusesNonsense() {
    Response refused = admin.withToken("nonsense").get("/resource-servers");

    assertThat(refused.status()).isEqualTo(401);
    assertThat(refused.message()).isEqualTo("Invalid token");
  }

  @Test
  @DisplayName("§1.2 an unknown path is 404, and a known one with another method 405")
  void tellsPathsFromMethods() {
    assertThat(admin.get("/nonsense").status()).isEqualTo(404);
    Response wrong = admin.call("PUT", "/resource-servers", Optional.empty());
    assertThat(wrong.status()).isEqualTo(405);
    assertThat(wrong.headers().firstValue("Allow")).contains("GET, POST");
  }

  @Test
  @DisplayName("§1.2 every answer tells the rate limit")
  void tellsRateLimits() {
    Response answer = admin.get("/resource-servers");

    assertThat(answer.headers().firstValue("X-RateLimit-Limit")).contains("1000");
    assertThat(answer.headers().firstValue("X-RateLimit-Remaining")).isPresent();
    assertThat(answer.headers().firstValueAsLong("X-RateLimit-Reset").orElseThrow())
        .isGreaterThan(1_700_000_000L);
  }
}
