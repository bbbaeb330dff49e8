package dev.cambio.gateway.packages;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@DisplayName("The way out of a jail")
@Timeout(30)
class RegistryDoorTest {
  private static final NpmProxies DIRECT =
      new NpmProxies(Optional.empty(), Optional.empty(), List.of());

  @TempDir private Path directory;

  private ServerSocket registry;
  private int doors;

  /** What each connection sent until it answered, or until its end. */
  private final BlockingQueue<String> heads = new LinkedBlockingQueue<>();

  private final BlockingQueue<String> rests = new LinkedBlockingQueue<>();

  @BeforeEach
  void listen() throws IOException {
    registry = new ServerSocket(0, 10, InetAddress.getLoopbackAddress());
    Thread.ofVirtual().start(this::answer);
  }

  @AfterEach
  void close() throws IOException {
    registry.close();
  }

  /** Answers each connection once, and then reads on. */
  private void answer() {
    while (!registry.isClosed()) {
      try (Socket socket = registry.accept()) {
        InputStream in = socket.getInputStream();
        StringBuilder head = new StringBuilder();
        while (!head.toString().endsWith("\r\n\r\n")) {
          int next = in.read();
          if (next < 0) {
            throw new EOFException();
          }
          head.append((char) next);
        }
        heads.add(head.toString());
        socket.getOutputStream().write("HTTP/1.1 200 OK\r\n\r\n".getBytes(ISO_8859_1));
        socket.shutdownOutput();
        rests.add(new String(in.readAllBytes(), ISO_8859_1));
      } catch (IOException e) {
        rests.add("");
      }
    }
  }

  private String target() {
    return "127.0.0.1:" + registry.getLocalPort();
  }

  private String ask(NpmProxies proxies, Set<String> allowed, String request) throws IOException {
    Path socket = directory.resolve("door-" + doors++);
    try (RegistryDoor door = RegistryDoor.open(socket, allowed, proxies);
        SocketChannel client = SocketChannel.open(UnixDomainSocketAddress.of(socket))) {
      write(client, request);
      return firstLine(Channels.newInputStream(client)) + door.refused();
    }
  }

  private static void write(SocketChannel client, String text) throws IOException {
    client.write(ByteBuffer.wrap(text.getBytes(ISO_8859_1)));
  }

  /** What follows may be cut off where the door has not read all that was asked for. */
  private static String firstLine(InputStream in) throws IOException {
    StringBuilder line = new StringBuilder();
    for (int next = in.read(); next >= 0 && next != '\r'; next = in.read()) {
      line.append((char) next);
    }
    return line.toString();
  }

  @Test
  @DisplayName("a tunnel leads to a registry and nowhere else")
  void tunnels() throws Exception {
    String request = "CONNECT " + target() + " HTTP/1.1\r\nHost: x\r\n\r\n";

    Path socket = directory.resolve("tunnel");
    try (RegistryDoor door = RegistryDoor.open(socket, Set.of(target()), DIRECT);
        SocketChannel client = SocketChannel.open(UnixDomainSocketAddress.of(socket))) {
      write(client, request + "GET / HTTP/1.1\r\n\r\n");
      assertThat(firstLine(Channels.newInputStream(client)))
          .isEqualTo("HTTP/1.1 200 Connection established");
      // Another thread carries it there, which the end of the door would cut short.
      assertThat(heads.poll(20, TimeUnit.SECONDS)).isEqualTo("GET / HTTP/1.1\r\n\r\n");
      assertThat(door.refused()).isEmpty();
    }
    assertThat(ask(DIRECT, Set.of("127.0.0.1:1"), request))
        .isEqualTo("HTTP/1.1 403 Forbidden[" + target() + "]");
    assertThat(heads).isEmpty();
  }

  @Test
  @DisplayName("its end is the end of every connection, also of one that it accepts just then")
  void closesAll() throws Exception {
    for (int i = 0; i < 300; i++) {
      Path socket = directory.resolve("end-" + i);
      RegistryDoor door = RegistryDoor.open(socket, Set.of(), DIRECT);
      try (SocketChannel client = SocketChannel.open(UnixDomainSocketAddress.of(socket))) {
        door.close();
        assertThat(ended(client)).isTrue();
      }
    }
  }

  /** Blocks as long as the other side holds the connection. */
  private static boolean ended(SocketChannel client) {
    try {
      return client.read(ByteBuffer.allocate(1)) < 0;
    } catch (IOException reset) {
      return true;
    }
  }

  @Test
  @DisplayName("of plain HTTP one request without a body passes, and nothing behind it")
  void fetches() throws Exception {
    String request =
        "GET http://%s/a?b HTTP/1.1\r\nHost: x\r\nConnection: keep-alive\r\n\r\n"
            .formatted(target());

    assertThat(ask(DIRECT, Set.of(target()), request + "GET http://other/ HTTP/1.1\r\n\r\n"))
        .isEqualTo("HTTP/1.1 200 OK[]");
    assertThat(heads.poll(5, TimeUnit.SECONDS))
        .isEqualTo("GET /a?b HTTP/1.1\r\nConnection: close\r\nHost: x\r\n\r\n");
    assertThat(rests.poll(5, TimeUnit.SECONDS)).isEmpty();
    assertThat(ask(DIRECT, Set.of(), request))
        .isEqualTo("HTTP/1.1 403 Forbidden[" + target() + "]");
    assertThat(ask(DIRECT, Set.of(target()), request.replace("GET", "PUT")))
        .isEqualTo("HTTP/1.1 405 Method Not Allowed[]");
  }

  @Test
  @DisplayName("a proxy of the operator's is asked, with the credentials that its URL has")
  void asksProxies() throws Exception {
    Optional<URI> proxy = Optional.of(URI.create("http://user:word@" + target() + "/"));
    NpmProxies proxies = new NpmProxies(proxy, proxy, List.of("direct.example"));

    assertThat(
            ask(
                proxies,
                Set.of("registry.example:443"),
                "CONNECT registry.example:443 HTTP/1.1\r\n\r\n"))
        .isEqualTo("HTTP/1.1 200 Connection established[]");
    assertThat(heads.poll(5, TimeUnit.SECONDS))
        .isEqualTo(
            """
            CONNECT registry.example:443 HTTP/1.1\r
            Host: registry.example:443\r
            Proxy-Authorization: Basic dXNlcjp3b3Jk\r
            \r
            """);
    assertThat(proxies.to("a.direct.example", true)).isEmpty();
    assertThat(proxies.to("redirect.example", true)).isEqualTo(proxy);
  }
}
