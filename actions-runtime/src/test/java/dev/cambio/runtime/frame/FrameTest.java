package dev.cambio.runtime.frame;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.util.Arrays;
import java.util.Objects;
import org.junit.jupiter.api.Test;

class FrameTest {
  private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
  private final FrameWriter writer = new FrameWriter(bytes);

  private FrameReader reader(int maxSize) {
    return new FrameReader(new ByteArrayInputStream(bytes.toByteArray()), maxSize);
  }

  private static Frame next(FrameReader reader) throws Exception {
    return Objects.requireNonNull(reader.next());
  }

  @Test
  void carriesEveryKindOfField() throws Exception {
    String large = "ü€😀".repeat(50_000);
    writer.append(FrameKind.PRINT, 1, 7, f -> f.text("log").text(large).bigNumber(-5));
    writer.send(
        FrameKind.FETCH, 0, 8, f -> f.number(3).text(null).bytes(new byte[] {1, 2}).bytes(null));

    FrameReader reader = reader(1 << 20);
    Frame print = next(reader);
    assertThat(print.kind()).isEqualTo(FrameKind.PRINT);
    assertThat(print.lane()).isEqualTo(1);
    assertThat(print.run()).isEqualTo(7);
    assertThat(print.text()).isEqualTo("log");
    assertThat(print.text()).isEqualTo(large);
    assertThat(print.bigNumber()).isEqualTo(-5);
    Frame fetch = next(reader);
    assertThat(fetch.number()).isEqualTo(3);
    assertThat(fetch.optionalText()).isNull();
    assertThat(fetch.optionalBytes()).containsExactly(1, 2);
    assertThat(fetch.optionalBytes()).isNull();
    assertThat(reader.next()).isNull();
  }

  @Test
  void nothingIsWrittenBeforeAFlush() throws Exception {
    writer.append(FrameKind.COMMAND, 0, 1, f -> f.text("{}"));
    assertThat(bytes.size()).isZero();
    writer.flush();
    assertThat(bytes.size()).isPositive();
  }

  @Test
  void refusesFramesThatAreTooLarge() throws Exception {
    writer.send(FrameKind.COMMAND, 0, 1, f -> f.text("x".repeat(1000)));

    assertThatThrownBy(() -> reader(500).next()).isInstanceOf(FrameException.class);
  }

  @Test
  void refusesUnknownKindsAndSizesThatCannotBe() throws Exception {
    bytes.write(new byte[] {0, 0, 0, 9, 99, 0, 0, 0, 0, 0, 0, 0, 0});
    assertThatThrownBy(() -> reader(500).next()).isInstanceOf(FrameException.class);

    bytes.reset();
    bytes.write(new byte[] {-1, -1, -1, -1});
    assertThatThrownBy(() -> reader(500).next()).isInstanceOf(FrameException.class);
  }

  @Test
  void showsTextThatIsWhereAFrameShouldBe() {
    byte[] lastWords = "Terminating due to java.lang.OutOfMemoryError\n\u0007".getBytes(US_ASCII);

    assertThatThrownBy(() -> new FrameReader(new ByteArrayInputStream(lastWords), 500).next())
        .isInstanceOf(FrameException.class)
        .hasMessage("text in place of a frame: 'Terminating due to java.lang.OutOfMemoryError'");
  }

  @Test
  void refusesAFieldThatReachesBeyondItsFrame() throws Exception {
    writer.send(FrameKind.COMMAND, 0, 1, f -> f.number(1_000_000));

    Frame frame = next(reader(500));
    assertThatThrownBy(frame::optionalBytes).isInstanceOf(FrameException.class);
    assertThatThrownBy(frame::number).isInstanceOf(FrameException.class);
  }

  @Test
  void aFrameCutOffIsNotTheEnd() throws Exception {
    writer.send(FrameKind.COMMAND, 0, 1, f -> f.text("whole"));
    byte[] cut = Arrays.copyOf(bytes.toByteArray(), bytes.size() - 1);

    FrameReader reader = new FrameReader(new ByteArrayInputStream(cut), 500);
    assertThatThrownBy(reader::next).isInstanceOf(EOFException.class);
  }
}
