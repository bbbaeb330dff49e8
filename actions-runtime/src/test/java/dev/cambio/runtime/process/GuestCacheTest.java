package dev.cambio.runtime.process;

import static org.assertj.core.api.Assertions.assertThat;

import dev.cambio.runtime.frame.GuestLimits;
import dev.cambio.runtime.frame.RunLimits;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What guests start from, and that nothing of it can keep one from starting. */
class GuestCacheTest {
  private static final Path HOME = Path.of(System.getProperty("cambio.guest.home"));

  @TempDir private Path temporary;
  private final ScheduledExecutorService supervisor = Executors.newScheduledThreadPool(1);

  @AfterEach
  void stop() {
    supervisor.shutdownNow();
  }

  // The one that other tests start from as well, if this is the first to want it.
  @Test
  void guestsStartFromWhatOneOfThemHasLeft() throws Exception {
    GuestCache cache = new GuestCache(HOME.resolveSibling("guest-cache"));
    GuestLaunch launch = launch(cache);

    cache.make(launch);

    GuestProcess guest = start(launch);
    assertThat(guest.cached()).isTrue();
    assertThat(guest.refusedCache()).isFalse();
    assertThat(guest.ready().join().javascript()).isNotEqualTo(GuestStarter.INTERPRETED);
    assertThat(Files.getPosixFilePermissions(cache.place(launch)))
        .isEqualTo(PosixFilePermissions.fromString("rwx------"));
    guest.end(GuestEnd.STOPPED);
  }

  @Test
  void isNotUsedWhereOthersMayWrite() throws Exception {
    GuestCache cache = new GuestCache(temporary.resolve("cache"));
    GuestLaunch launch = launch(cache);
    Path classes = put(cache, launch, "anything");
    assertThat(cache.find(launch)).isNotNull();

    Files.setPosixFilePermissions(classes, PosixFilePermissions.fromString("rw-rw-rw-"));
    assertThat(cache.find(launch)).isNull();

    Files.setPosixFilePermissions(classes, PosixFilePermissions.fromString("rw-------"));
    Files.setPosixFilePermissions(
        temporary.resolve("cache"), PosixFilePermissions.fromString("rwxrwxrwx"));
    assertThat(cache.find(launch)).isNull();
  }

  @Test
  void aBrokenOneIsLeftAsideAndRemoved() throws Exception {
    GuestCache cache = new GuestCache(temporary.resolve("cache"));
    GuestLaunch launch = launch(cache);
    Path classes = put(cache, launch, "no archive");
    GuestCache.copyModules(launch, classes.resolveSibling("jvmci"));

    GuestProcess guest = start(launch);

    assertThat(guest.cached()).isTrue();
    assertThat(guest.refusedCache()).isTrue();
    assertThat(guest.ready().join().javascript()).isNotEqualTo(GuestStarter.INTERPRETED);
    guest.end(GuestEnd.STOPPED);
    cache.refused(launch);
    assertThat(classes).doesNotExist();
    assertThat(cache.find(launch)).isNull();
  }

  @Test
  void anotherBuildHasAnother() throws Exception {
    GuestCache cache = new GuestCache(temporary);
    Path home = temporary.resolve("guest");
    Files.createDirectories(home.resolve("lib"));
    Files.createDirectories(home.resolve("jvmci"));
    GuestLaunch launch = new GuestLaunch(launch(cache).java(), home, 256, limits(), cache);
    Path before = cache.place(launch);

    Files.writeString(home.resolve("lib").resolve("guest.jar"), "another");

    assertThat(cache.place(launch)).isNotEqualTo(before);
  }

  private static Path put(GuestCache cache, GuestLaunch launch, String text) throws IOException {
    Path place = cache.place(launch);
    Files.createDirectories(
        place, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
    Path classes = place.resolve("guest.aot");
    Files.writeString(classes, text);
    return classes;
  }

  private GuestProcess start(GuestLaunch launch) throws Exception {
    GuestProcess guest =
        GuestProcess.start(launch, Isolation.NONE, true, supervisor, Duration.ofSeconds(1));
    StartProgress.await(guest);
    return guest;
  }

  private static GuestLaunch launch(GuestCache cache) {
    return new GuestLaunch(
        Path.of(ProcessHandle.current().info().command().orElseThrow()),
        HOME,
        256,
        limits(),
        cache);
  }

  private static GuestLimits limits() {
    return new GuestLimits(1, 4, 100, 60_000, 70, 1_000, 1 << 20, 1 << 20, RunLimits.STANDARD);
  }
}
