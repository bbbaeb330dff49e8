package dev.cambio.runtime.process;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.cambio.runtime.frame.Frame;
import dev.cambio.runtime.frame.FrameException;
import dev.cambio.runtime.frame.FrameKind;
import dev.cambio.runtime.frame.FrameReader;
import dev.cambio.runtime.frame.FrameWriter;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.time.Duration;
import java.util.Objects;
import org.junit.jupiter.api.Test;

class GuestRunTest {
  private static final GuestCall CALL =
      new GuestCall("t", "v", "h", "post-login", Duration.ofSeconds(1), "{}", "{}", null);

  private static Frame fetch(int call) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    new FrameWriter(bytes).send(FrameKind.FETCH, 0, 1, f -> f.number(call).text("{}").bytes(null));
    FrameReader in = new FrameReader(new ByteArrayInputStream(bytes.toByteArray()), 1 << 20);
    return Objects.requireNonNull(in.next());
  }

  /** The limit of requests at a time counts them by their ids. */
  @Test
  void aRequestIdThatComesTwiceIsTheProcesssFault() throws Exception {
    GuestRun run =
        new GuestRun(
            0,
            1,
            new FrameWriter(OutputStream.nullOutputStream()),
            new ProbeServices(""),
            new SameLane());
    run.offer(fetch(1));
    run.offer(fetch(2));
    run.offer(fetch(1));
    run.tell(new RunMailbox.Mail.Gone());

    assertThatThrownBy(() -> run.run(CALL, _ -> new Attempt.NotBegun()))
        .isInstanceOf(FrameException.class)
        .hasMessage("request 1 comes again");
  }
}
