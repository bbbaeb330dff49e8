package dev.cambio.gateway.disk;

import dev.cambio.gateway.disk.Refusal.Reason;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Set;

/** A file that the user of a command names: wherever it is, and a pipe as well. */
public record GivenFile(Path path) {
  private static final int MAX_BYTES = 64 * 1024 * 1024;

  /** All of it, as far as one can be of use. */
  public byte[] read() throws IOException {
    try (InputStream in = Files.newInputStream(path)) {
      byte[] bytes = in.readNBytes(MAX_BYTES + 1);
      if (bytes.length > MAX_BYTES) {
        throw new Refusal(path.toString(), Reason.TOO_LARGE);
      }
      return bytes;
    }
  }

  /** Writes it anew; one that is made is for its owner alone. */
  public void write(String text) throws IOException {
    try (FileChannel channel =
        FileChannel.open(
            path,
            Set.of(
                StandardOpenOption.CREATE,
                StandardOpenOption.WRITE,
                StandardOpenOption.TRUNCATE_EXISTING),
            Access.OWNER.file())) {
      ByteBuffer bytes = ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8));
      while (bytes.hasRemaining()) {
        channel.write(bytes);
      }
    }
  }
}
