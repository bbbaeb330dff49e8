package dev.cambio.runtime.guest;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
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

  // Only an address below what the JVM takes for a size passes as one, so the heap must be small.
  @Test
  void isRightOfAThreadThatAllocatesAllTheTime() throws Exception {
    Process small =
        new ProcessBuilder(
                ProcessHandle.current().info().command().orElseThrow(),
                "-Xmx384m",
                "-XX:+UseSerialGC",
                "-cp",
                place(ThreadUsage.class) + File.pathSeparator + place(ThreadUsageTest.class),
                Busy.class.getName())
            .inheritIO()
            .start();

    assertThat(small.waitFor(60, TimeUnit.SECONDS)).isTrue();
    assertThat(small.exitValue()).isZero();
  }

  private static String place(Class<?> type) throws Exception {
    return Path.of(type.getProtectionDomain().getCodeSource().getLocation().toURI()).toString();
  }

  /** Exits with 1 if a thread seems to allocate gigabytes from one reading to the next. */
  static final class Busy {
    private Busy() {}

    public static void main(String[] arguments) {
      CompletableFuture<ThreadUsage> begun = new CompletableFuture<>();
      // Keeps the compiler from doing without the allocation.
      AtomicReference<byte[]> sink = new AtomicReference<>();
      Thread busy =
          new Thread(
              () -> {
                begun.complete(ThreadUsage.begin());
                while (true) {
                  sink.set(new byte[2_000]);
                }
              });
      busy.setDaemon(true);
      busy.start();
      ThreadUsage read = begun.join();
      long last = 0;
      long end = System.nanoTime() + Duration.ofSeconds(2).toNanos();
      while (System.nanoTime() < end) {
        read.read();
        if (read.allocatedBytes() > last + FAR_TOO_MUCH) {
          System.exit(1);
        }
        last = Math.max(last, read.allocatedBytes());
      }
      System.exit(last > 0 ? 0 : 2);
    }
  }
}
