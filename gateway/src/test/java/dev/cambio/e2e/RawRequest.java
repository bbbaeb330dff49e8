package dev.cambio.e2e;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import dev.cambio.model.bus.Json;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;
import java.net.URI;

/** Bytes on a socket, for what no HTTP client would send. */
final class RawRequest {
  private static final int PATIENCE_MS = 20_000;

  private RawRequest() {}

  /** What came back until the server closed or the answer was complete. */
  record Answer(String text) {
    int status() {
      return text.startsWith("HTTP/1.") ? Integer.parseInt(text.substring(9, 12)) : 0;
    }

    /** A header's value; empty if there is none. */
    String header(String name) {
      return text.lines()
          .takeWhile(line -> !line.isEmpty())
          .filter(line -> line.regionMatches(true, 0, name + ":", 0, name.length() + 1))
          .findFirst()
          .map(line -> line.substring(name.length() + 1).strip())
          .orElse("");
    }

    String body() {
      int end = text.indexOf("\r\n\r\n");
      return end < 0 ? "" : text.substring(end + 4);
    }

    /** The {@code error} member of a JSON answer. */
    String error() throws IOException {
      return Json.parse(body()).path("error").asText();
    }
  }

  /** The host and port of the contract tests' tenant. */
  static String host() {
    return URI.create(TestNode.shared().contract()).getAuthority();
  }

  /** A POST to the token endpoint with those header lines and that body, byte by byte. */
  static Answer post(String headers, String body) throws IOException {
    return send(
        "POST /oauth/token HTTP/1.1\r\nHost: %s\r\nConnection: close\r\n%s\r\n%s"
            .formatted(host(), headers, body));
  }

  /** A form with its right length. */
  static Answer form(String body) throws IOException {
    return post(
        "Content-Type: application/x-www-form-urlencoded\r\nContent-Length: %d\r\n"
            .formatted(body.length()),
        body);
  }

  /** JSON with its right length. */
  static Answer json(String body) throws IOException {
    return post(
        "Content-Type: application/json\r\nContent-Length: %d\r\n".formatted(body.length()), body);
  }

  /** Any bytes, one per character. */
  static Answer send(String bytes) throws IOException {
    URI issuer = URI.create(TestNode.shared().contract());
    return send(
        new InetSocketAddress(issuer.getHost(), issuer.getPort()),
        InetAddress.getLoopbackAddress(),
        bytes);
  }

  /** The same to any address, from one of this machine's. */
  static Answer send(InetSocketAddress to, InetAddress from, String bytes) throws IOException {
    try (Socket socket = new Socket(to.getAddress(), to.getPort(), from, 0)) {
      socket.setSoTimeout(PATIENCE_MS);
      try {
        socket.getOutputStream().write(bytes.getBytes(ISO_8859_1));
        socket.getOutputStream().flush();
      } catch (SocketException e) {
        // Answered and closed before all of it was sent: the answer is there to be read.
      }
      return new Answer(read(socket.getInputStream()));
    }
  }

  private static String read(InputStream in) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    byte[] buffer = new byte[8192];
    try {
      for (int count = in.read(buffer); count >= 0; count = in.read(buffer)) {
        out.write(buffer, 0, count);
      }
    } catch (SocketException e) {
      // Reset after the answer.
    }
    return out.toString(ISO_8859_1);
  }
}
