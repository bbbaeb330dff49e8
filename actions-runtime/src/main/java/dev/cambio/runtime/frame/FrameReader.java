package dev.cambio.runtime.frame;

import java.io.BufferedInputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/** Reads frames from a pipe. For use by one thread. */
public final class FrameReader {
  static final int HEADER = 1 + Integer.BYTES + Integer.BYTES;
  private static final int BUFFER = 64 * 1024;
  private static final int MAX_SHOWN = 200;

  private final DataInputStream in;
  private final int maxSize;

  /**
   * A reader.
   *
   * @param maxSize largest frame accepted, in bytes
   */
  public FrameReader(InputStream in, int maxSize) {
    this.in = new DataInputStream(new BufferedInputStream(in, BUFFER));
    this.maxSize = maxSize;
  }

  /**
   * The next frame, or null when the peer has closed the pipe.
   *
   * @throws FrameException if the bytes are not a frame; reading on makes no sense then
   */
  public @Nullable Frame next() throws IOException {
    int first = in.read();
    if (first < 0) {
      return null;
    }
    int size = first << 24 | in.readUnsignedByte() << 16 | in.readUnsignedShort();
    if (size < HEADER || size > maxSize) {
      throw new FrameException(notAFrame(size));
    }
    FrameKind kind = FrameKind.of(in.readByte());
    int lane = in.readInt();
    int run = in.readInt();
    byte[] payload = new byte[size - HEADER];
    in.readFully(payload);
    return new Frame(kind, lane, run, ByteBuffer.wrap(payload));
  }

  // A JVM that gives up may print its last words, and those say more than their first four bytes.
  private String notAFrame(int size) throws IOException {
    byte[] start = ByteBuffer.allocate(Integer.BYTES).putInt(size).array();
    for (byte letter : start) {
      if (letter < ' ' || letter > '~') {
        return "a frame of " + size + " bytes";
      }
    }
    byte[] more = in.readNBytes(Math.min(in.available(), MAX_SHOWN));
    String text =
        new String(start, StandardCharsets.US_ASCII)
            + new String(more, StandardCharsets.US_ASCII).replaceAll("[^ -~]+", " ");
    return "text in place of a frame: '" + text.strip() + "'";
  }
}
