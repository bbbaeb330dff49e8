package dev.cambio.runtime.frame;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Collects frames and writes them to a pipe in one go. Safe for use by many threads: each appends
 * whole frames.
 */
public final class FrameWriter {
  private static final int INITIAL = 16 * 1024;
  private static final int KEPT = 1024 * 1024;

  private final OutputStream out;
  private ByteBuffer buffer = ByteBuffer.allocate(INITIAL);

  public FrameWriter(OutputStream out) {
    this.out = out;
  }

  /** Puts the fields of one frame. */
  @FunctionalInterface
  public interface Fields {
    void put(FrameWriter frame);
  }

  /** Adds a frame; it is on its way after the next {@link #flush}. */
  public synchronized void append(FrameKind kind, int lane, int run, Fields fields) {
    int start = buffer.position();
    boolean whole = false;
    try {
      room(Integer.BYTES + FrameReader.HEADER);
      buffer.putInt(0).put(kind.code()).putInt(lane).putInt(run);
      fields.put(this);
      buffer.putInt(start, buffer.position() - start - Integer.BYTES);
      whole = true;
    } finally {
      if (!whole) {
        buffer.position(start);
      }
    }
  }

  /** Adds a frame and writes everything collected so far. */
  public synchronized void send(FrameKind kind, int lane, int run, Fields fields)
      throws IOException {
    append(kind, lane, run, fields);
    flush();
  }

  /**
   * Writes everything collected so far; cheap when there is nothing.
   *
   * @throws IOException if the peer has gone
   */
  public synchronized void flush() throws IOException {
    if (buffer.position() == 0) {
      return;
    }
    try {
      out.write(buffer.array(), 0, buffer.position());
      out.flush();
    } finally {
      buffer = buffer.capacity() > KEPT ? ByteBuffer.allocate(INITIAL) : buffer.clear();
    }
  }

  public FrameWriter number(int value) {
    room(Integer.BYTES);
    buffer.putInt(value);
    return this;
  }

  public FrameWriter bigNumber(long value) {
    room(Long.BYTES);
    buffer.putLong(value);
    return this;
  }

  public FrameWriter flag(boolean value) {
    return number(value ? 1 : 0);
  }

  public FrameWriter text(@Nullable String value) {
    return bytes(value == null ? null : value.getBytes(StandardCharsets.UTF_8));
  }

  public FrameWriter bytes(byte @Nullable [] value) {
    if (value == null) {
      return number(-1);
    }
    room(Integer.BYTES + value.length);
    buffer.putInt(value.length).put(value);
    return this;
  }

  private void room(int length) {
    if (buffer.remaining() < length) {
      int wanted = Math.max(buffer.capacity() * 2, buffer.position() + length);
      buffer = ByteBuffer.wrap(Arrays.copyOf(buffer.array(), wanted)).position(buffer.position());
    }
  }
}
