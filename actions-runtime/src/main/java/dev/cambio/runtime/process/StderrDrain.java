package dev.cambio.runtime.process;

import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.Reader;
import java.nio.charset.StandardCharsets;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Copies a guest process's stderr to our log, line by line, and drops what is too much. */
final class StderrDrain {
  private static final Logger log = LoggerFactory.getLogger(StderrDrain.class);
  private static final int MAX_LINE = 1000;
  private static final int MAX_LOGGED = 256 * 1024;
  private static final int FIRST_WORDS = 8 * 1024;

  private final long pid;
  private final InputStream in;

  @SuppressWarnings("JdkObsolete") // One thread reads what another one writes.
  private final StringBuffer firstWords = new StringBuffer();

  private int logged;

  StderrDrain(Process process) {
    this.pid = process.pid();
    this.in = process.getErrorStream();
  }

  /** What it has said so far, as far as that fits a few KiB; for any thread. */
  String firstWords() {
    return firstWords.toString();
  }

  void drain() {
    StringBuilder line = new StringBuilder();
    try (Reader reader = new InputStreamReader(in, StandardCharsets.UTF_8)) {
      char[] chunk = new char[4096];
      for (int read = reader.read(chunk); read >= 0; read = reader.read(chunk)) {
        for (int i = 0; i < read; i++) {
          if (chunk[i] == '\n') {
            write(line);
          } else if (line.length() < MAX_LINE) {
            line.append(chunk[i]);
          }
        }
      }
    } catch (IOException e) {
      log.debug("guest process {}: {}", pid, e.getMessage());
    }
    write(line);
  }

  private void write(StringBuilder line) {
    if (!line.isEmpty() && logged < MAX_LOGGED) {
      logged += line.length();
      if (firstWords.length() < FIRST_WORDS) {
        firstWords.append(line).append('\n');
      }
      log.debug("guest process {}: {}", pid, line);
    }
    line.setLength(0);
  }
}
