package dev.cambio.gateway.throttle;

import static org.assertj.core.api.Assertions.assertThat;

import dev.cambio.gateway.throttle.RateBucket.Notice;
import dev.cambio.gateway.throttle.RateBucket.Spent;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@DisplayName("Buckets of rate limits, contract token-endpoint §12")
class RateBucketTest {
  private static final long START = 1_000_000;

  @ParameterizedTest(name = "{0} a second, clocks {1} ms apart")
  @CsvSource({"4, 0", "4, 5", "4, 200", "15, 50", "100, 5", "100, 200"})
  @DisplayName("§12 nodes whose clocks differ allow no more together than one alone")
  void clocksApart(int perSecond, long apart) {
    int allowed = 0;
    @Nullable RateBucket bucket = null;
    for (int i = 0; i < 2000; i++) {
      long now = START + i * 5L / 2 + (i % 2 == 0 ? apart : 0);
      Spent spent = RateBucket.spend(bucket, Rate.perSecond(perSecond), now);
      bucket = spent.after();
      allowed += spent.outcome().allowed() ? 1 : 0;
    }

    // Five seconds, the first burst, and what the faster clock is ahead.
    assertThat(allowed)
        .isBetween(perSecond * 5, perSecond * 6 + (int) (perSecond * apart / 1000) + 1);
  }

  @Test
  @DisplayName(
      "contract token-endpoint §11.3: five a minute are ten at once, then one in twelve seconds")
  void perMinute() {
    Rate rate = Rate.perMinute(5);
    @Nullable RateBucket bucket = null;
    for (int i = 0; i < 11; i++) {
      Spent spent = RateBucket.spend(bucket, rate, START);
      bucket = spent.after();
      assertThat(spent.outcome().allowed()).isEqualTo(i < 10);
    }

    assertThat(rate.secondsToNext()).isEqualTo(12);
    assertThat(RateBucket.spend(bucket, rate, START + 11_999).outcome().allowed()).isFalse();
    assertThat(RateBucket.spend(bucket, rate, START + 12_001).outcome().allowed()).isTrue();
  }

  @Test
  @DisplayName("§12 the log is warned and told once a minute, and not warned of a limit of one")
  void notices() {
    assertThat(noticesOf(5, 7))
        .containsExactly(
            Notice.NONE,
            Notice.NONE,
            Notice.NONE,
            Notice.NONE,
            Notice.API_LIMIT_WARNING,
            Notice.API_LIMIT,
            Notice.NONE);
    assertThat(noticesOf(1, 2)).containsExactly(Notice.NONE, Notice.API_LIMIT);
  }

  private static List<Notice> noticesOf(int perSecond, int requests) {
    List<Notice> notices = new ArrayList<>();
    @Nullable RateBucket bucket = null;
    for (int i = 0; i < requests; i++) {
      Spent spent = RateBucket.spend(bucket, Rate.perSecond(perSecond), START);
      bucket = spent.after();
      notices.add(spent.outcome().notice());
    }
    return notices;
  }
}
