package dev.cambio.runtime.host;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import javax.net.ServerSocketFactory;

/**
 * Answers requests with whatever bytes a test wants, well-formed or not. One request a connection.
 */
final class RawServer implements AutoCloseable {
  private final ServerSocket socket;
  private final Reply reply;
  private final List<String> heads = new CopyOnWriteArrayList<>();

  /** Writes the answer to the request with that head. */
  interface Reply {
    void write(String head, OutputStream out) throws Exception;
  }

  private RawServer(ServerSocket socket, Reply reply) {
    this.socket = socket;
    this.reply = reply;
  }

  static RawServer on(String address, Reply reply) throws IOException {
    return on(ServerSocketFactory.getDefault(), address, 0, reply);
  }

  static RawServer on(ServerSocketFactory sockets, String address, int port, Reply reply)
      throws IOException {
    ServerSocket socket = sockets.createServerSocket();
    socket.bind(new InetSocketAddress(InetAddress.ofLiteral(address), port));
    RawServer server = new RawServer(socket, reply);
    Thread.ofVirtual().start(server::accept);
    return server;
  }

  int port() {
    return socket.getLocalPort();
  }

  /** The request lines and headers that have arrived. */
  List<String> heads() {
    return heads;
  }

  private void accept() {
    while (!socket.isClosed()) {
      try {
        Socket connection = socket.accept();
        Thread.ofVirtual().start(() -> serve(connection));
      } catch (IOException e) {
        return;
      }
    }
  }

  private void serve(Socket connection) {
    try (connection) {
      String head = head(connection.getInputStream());
      if (head.isEmpty()) {
        return;
      }
      heads.add(head);
      reply.write(head, connection.getOutputStream());
      connection.getOutputStream().flush();
    } catch (Exception e) {
      // The client has gone, which is what most of these tests are about.
    }
  }

  private static String head(InputStream in) throws IOException {
    StringBuilder head = new StringBuilder();
    while (!head.toString().endsWith("\r\n\r\n")) {
      int next = in.read();
      if (next < 0) {
        return head.toString();
      }
      head.append((char) next);
    }
    return head.toString();
  }

  static byte[] ascii(String text) {
    return text.getBytes(StandardCharsets.ISO_8859_1);
  }

  /** A whole answer. */
  static Reply ok(String body) {
    return (head, out) ->
        out.write(
            ascii(
                "HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%s".formatted(body.length(), body)));
  }

  static Reply redirect(String location) {
    return (head, out) ->
        out.write(
            ascii(
                "HTTP/1.1 302 Found\r\nLocation: %s\r\nContent-Length: 0\r\n\r\n"
                    .formatted(location)));
  }

  @Override
  public void close() {
    try {
      socket.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
