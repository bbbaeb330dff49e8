package dev.cambio.gateway.management;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.cambio.gateway.AdjustableClock;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("Rate limit, contract management-api §1.2")
class RateLimitTest {
  private final AdjustableClock clock = new AdjustableClock(Instant.ofEpochSecond(1_800_000_000));
  private final RateLimit limit = new RateLimit(2, clock);

  @Test
  @DisplayName("§1.2 as many calls as a second allows, then 429 with Retry-After, then more")
  void counts() {
    assertThat(limit.count("t")).containsEntry("X-RateLimit-Remaining", "1");
    assertThat(limit.count("t")).containsEntry("X-RateLimit-Remaining", "0");
    for (int i = 0; i < 3; i++) {
      assertThatThrownBy(() -> limit.count("t"))
          .isInstanceOfSatisfying(
              ManagementException.class,
              refusal -> {
                assertThat(refusal.status()).isEqualTo(429);
                assertThat(refusal.message()).isEqualTo("Global limit has been reached");
                assertThat(refusal.answer().headers())
                    .containsEntry("Retry-After", "1")
                    .containsEntry("X-RateLimit-Limit", "2")
                    .containsEntry("X-RateLimit-Reset", "1800000001");
              });
    }
    clock.advance(Duration.ofMillis(500));
    assertThat(limit.count("t")).containsEntry("X-RateLimit-Remaining", "0");
  }

  @Test
  @DisplayName("one tenant's calls do not count for another's")
  void separatesTenants() {
    limit.count("t");
    limit.count("t");

    assertThat(limit.count("other")).containsEntry("X-RateLimit-Remaining", "1");
  }

  @Test
  @DisplayName("0 is no limit, and tells none")
  void canBeOff() {
    RateLimit off = new RateLimit(0, clock);

    assertThat(off.count("t")).isEmpty();
  }
}
