package dev.cambio.runtime.guest;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

class ThreadUsageTest {
  private static final long FAR_TOO_MUCH = 3L << 30;

  private final ThreadUsage usage = ThreadUsage.begin();

  @Test
  void aReadingCountsOnceTheNextConfirmsIt() {
    usage.read(10, 1_000);
    assertThat(usage.allocatedBytes()).isZero();

    usage.read(20, 2_000);
    assertThat(usage.allocatedBytes()).isEqualTo(1_000);

    usage.read(30, 2_000);
    assertThat(usage.allocatedBytes()).isEqualTo(2_000);
  }

  @Test
  void oneThatIsTooLargeDoesNotCount() {
    usage.read(10, 1_000);
    usage.read(20, FAR_TOO_MUCH);
    assertThat(usage.allocatedBytes()).isEqualTo(1_000);

    usage.read(30, 3_000);
    assertThat(usage.allocatedBytes()).isEqualTo(3_000);
  }

  @Test
  void noneCountsOfAThreadThatIsKeptFromRunning() {
    usage.read(10, 1_000);
    usage.read(20, FAR_TOO_MUCH);
    usage.read(20, FAR_TOO_MUCH);
    usage.read(20, FAR_TOO_MUCH);
    assertThat(usage.allocatedBytes()).isEqualTo(1_000);

    usage.read(30, 3_000);
    assertThat(usage.allocatedBytes()).isEqualTo(3_000);
  }

  @Test
  void isRightOfAThreadThatAllocatesAllTheTime() throws Exception {
    CompletableFuture<ThreadUsage> begun = new CompletableFuture<>();
    // Keeps the compiler from doing without the allocation.
    AtomicReference<byte[]> sink = new AtomicReference<>();
    Thread busy =
        new Thread(
            () -> {
              begun.complete(ThreadUsage.begin());
              while (!Thread.currentThread().isInterrupted()) {
                sink.set(new byte[2_000]);
              }
            });
    busy.start();
    ThreadUsage read = begun.get();
    long last = 0;
    long end = System.nanoTime() + Duration.ofSeconds(2).toNanos();
    while (System.nanoTime() < end) {
      read.read();
      // Nobody allocates gigabytes from one reading to the next.
      assertThat(read.allocatedBytes()).isLessThan(last + FAR_TOO_MUCH);
      last = Math.max(last, read.allocatedBytes());
    }
    busy.interrupt();
    busy.join();

    assertThat(last).isPositive();
  }
}
