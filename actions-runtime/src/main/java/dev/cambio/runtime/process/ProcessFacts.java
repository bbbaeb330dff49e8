package dev.cambio.runtime.process;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** What the kernel says of a process. Linux only. */
record ProcessFacts(long pid) {
  private static final int HEADER_LINES = 2;

  /** Whether it sees no network interface but its own loopback. */
  boolean isWithoutNetwork() throws IOException {
    return lines("net/dev").stream()
        .skip(HEADER_LINES)
        .allMatch(line -> line.stripLeading().startsWith("lo:"));
  }

  boolean gainsNoPrivileges() throws IOException {
    return lines("status").contains("NoNewPrivs:\t1");
  }

  boolean hasNoEnvironment() throws IOException {
    // The programs in between may leave variables of their own, such as the working directory.
    return lines("environ").stream()
        .flatMap(all -> List.of(all.split("\0", -1)).stream())
        .allMatch(entry -> entry.isEmpty() || entry.startsWith("PWD=") || entry.startsWith("_="));
  }

  private List<String> lines(String file) throws IOException {
    return Files.readAllLines(
        Path.of("/proc", Long.toString(pid), file), StandardCharsets.ISO_8859_1);
  }
}
