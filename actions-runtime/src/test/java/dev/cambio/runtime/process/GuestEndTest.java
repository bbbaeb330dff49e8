package dev.cambio.runtime.process;

import static org.assertj.core.api.Assertions.assertThat;

import dev.cambio.runtime.frame.Frame;
import dev.cambio.runtime.frame.FrameKind;
import dev.cambio.runtime.frame.FrameReader;
import dev.cambio.runtime.frame.FrameWriter;
import dev.cambio.runtime.frame.GuestLimits;
import dev.cambio.runtime.frame.RunLimits;
import java.nio.file.Path;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** A guest process whose node has gone. */
class GuestEndTest {
  private static final GuestLimits LIMITS =
      new GuestLimits(1, 4, 100, 60_000, 70, 1_000, 1 << 20, 1 << 20, RunLimits.STANDARD);

  @Test
  void endsWithItsStdinEvenWhileALaneHangs() throws Exception {
    GuestLaunch launch =
        new GuestLaunch(
            Path.of(ProcessHandle.current().info().command().orElseThrow()),
            Path.of(System.getProperty("cambio.guest.home")),
            256,
            LIMITS,
            null);
    Process process = launch.start(Isolation.NONE, true).process();
    Thread.ofPlatform().daemon().start(new StderrDrain(process)::drain);
    try {
      FrameWriter out = new FrameWriter(process.getOutputStream());
      FrameReader in = new FrameReader(process.getInputStream(), 1 << 20);
      out.send(FrameKind.CONFIGURE, 0, 0, launch::put);
      assertThat(next(in).kind()).isEqualTo(FrameKind.READY);
      out.send(
          FrameKind.RUN,
          0,
          1,
          frame ->
              frame
                  .text("acme")
                  .text("ver_1")
                  .text("hash")
                  .text("post-login")
                  .bigNumber(600_000)
                  .text("{\"transaction\":{\"metadata\":{}}}")
                  .text("{}")
                  .flag(false)
                  .text(null)
                  .text(null));
      assertThat(next(in).kind()).isEqualTo(FrameKind.CODE_WANTED);
      String source =
          "exports.onExecutePostLogin = () => { console.log('in');"
              + " Array.prototype.indexOf.call({length: 2 ** 53 - 1}, 1) };";
      out.send(FrameKind.CODE, 0, 1, frame -> frame.text(source));
      assertThat(next(in).kind()).isEqualTo(FrameKind.REALMS);
      assertThat(next(in).kind()).isEqualTo(FrameKind.PRINT);

      process.getOutputStream().close();

      assertThat(process.waitFor(20, TimeUnit.SECONDS)).isTrue();
    } finally {
      process.destroyForcibly();
    }
  }

  private static Frame next(FrameReader in) throws Exception {
    return Objects.requireNonNull(in.next());
  }
}
