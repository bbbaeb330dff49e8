package dev.cambio.runtime.frame;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * One frame as read. Its payload is taken out field by field, in the order of {@link FrameKind};
 * every field checks that it lies within the frame, because a guest process is not trusted.
 */
public final class Frame {
  private final FrameKind kind;
  private final int lane;
  private final int run;
  private final ByteBuffer payload;

  Frame(FrameKind kind, int lane, int run, ByteBuffer payload) {
    this.kind = kind;
    this.lane = lane;
    this.run = run;
    this.payload = payload;
  }

  public FrameKind kind() {
    return kind;
  }

  /** The lane it is about, counted from 0. */
  public int lane() {
    return lane;
  }

  /** The run it is about; ids are never used twice within a process. */
  public int run() {
    return run;
  }

  /** Size of the payload in bytes. */
  public int size() {
    return payload.limit();
  }

  public int number() throws FrameException {
    return take(Integer.BYTES).getInt();
  }

  public long bigNumber() throws FrameException {
    return take(Long.BYTES).getLong();
  }

  public boolean flag() throws FrameException {
    return number() != 0;
  }

  public String text() throws FrameException {
    String text = optionalText();
    if (text == null) {
      throw new FrameException("a text is missing in " + kind);
    }
    return text;
  }

  public @Nullable String optionalText() throws FrameException {
    int length = number();
    if (length < 0) {
      return null;
    }
    ByteBuffer from = take(length);
    String text =
        new String(
            from.array(), from.arrayOffset() + from.position(), length, StandardCharsets.UTF_8);
    from.position(from.position() + length);
    return text;
  }

  public byte @Nullable [] optionalBytes() throws FrameException {
    int length = number();
    if (length < 0) {
      return null;
    }
    ByteBuffer from = take(length);
    byte[] bytes = new byte[length];
    from.get(bytes);
    return bytes;
  }

  private ByteBuffer take(int length) throws FrameException {
    if (payload.remaining() < length) {
      throw new FrameException("a field reaches beyond its frame in " + kind);
    }
    return payload;
  }
}
