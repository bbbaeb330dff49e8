package dev.cambio.gateway.inbound;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.cambio.gateway.error.OAuthException;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.DisplayName;

/** Any bytes as a body: parameters, or a refusal of the client's. */
@DisplayName("Bodies of any bytes, contract token-endpoint §1.1")
class ParametersFuzzTest {

  @FuzzTest(maxDuration = "1m")
  void form(byte[] body) {
    parse("application/x-www-form-urlencoded", body).ifPresent(ParametersFuzzTest::requireSound);
  }

  @FuzzTest(maxDuration = "1m")
  void json(byte[] body) {
    parse("application/json", body).ifPresent(ParametersFuzzTest::requireSound);
  }

  private static Optional<Parameters> parse(String type, byte[] body) {
    InboundRequest request =
        new InboundRequest("http", "localhost", "127.0.0.1", Map.of("content-type", type), body);
    try {
      return Optional.of(Parameters.parse(request));
    } catch (OAuthException refusal) {
      assertThat(refusal.status()).isEqualTo(400);
      assertThat(refusal.description().length()).isLessThan(1000);
      return Optional.empty();
    }
  }

  private static void requireSound(Parameters parameters) {
    assertThat(parameters.values()).hasSizeLessThanOrEqualTo(Parameters.MAX_PARAMETERS);
    parameters
        .values()
        .forEach(
            (name, value) -> {
              assertThat(name + value).doesNotContain("\0");
              assertThat(UTF_8.newEncoder().canEncode(name + value)).isTrue();
              assertThat(parameters.find(name).isPresent()).isEqualTo(!value.isEmpty());
            });
  }
}
