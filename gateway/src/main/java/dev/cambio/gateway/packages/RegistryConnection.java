package dev.cambio.gateway.packages;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.net.ssl.SSLSocketFactory;

/** One connection through a {@link RegistryDoor}: a tunnel, or one request without a body. */
final class RegistryConnection implements AutoCloseable {
  private static final int MAX_HEAD = 32 * 1024;
  private static final int CONNECT_MS = 20_000;
  private static final int READ_MS = 120_000;

  private static final Pattern TUNNEL =
      Pattern.compile("CONNECT ([A-Za-z0-9._-]+|\\[[0-9A-Fa-f:.]+]):(\\d{1,5}) HTTP/1\\.1\r\n");
  private static final Pattern REQUEST =
      Pattern.compile("(GET|HEAD) (http://[!-~]+) HTTP/1\\.1\r\n");
  private static final Pattern OF_THE_HOP =
      Pattern.compile("(?im)^(?:proxy-[a-z-]+|connection|keep-alive):.*\r\n");
  private static final Pattern SUCCESS = Pattern.compile("HTTP/1\\.[01] 2\\d\\d");

  private final SocketChannel client;
  private final Predicate<HostPort> allowed;
  private final NpmProxies proxies;
  private final Socket upstream = new Socket();

  RegistryConnection(SocketChannel client, Predicate<HostPort> allowed, NpmProxies proxies) {
    this.client = client;
    this.allowed = allowed;
    this.proxies = proxies;
  }

  /** Reads what is asked for, and gives it or refuses it; blocks until that is over. */
  void serve() throws IOException {
    InputStream in = Channels.newInputStream(client);
    OutputStream out = Channels.newOutputStream(client);
    String head = head(in);
    Matcher tunnel = TUNNEL.matcher(head);
    Matcher request = REQUEST.matcher(head);
    if (tunnel.lookingAt()) {
      tunnel(new HostPort(tunnel.group(1), Integer.parseInt(tunnel.group(2))), in, out);
    } else if (request.lookingAt()) {
      String headers = head.substring(request.end());
      fetch(request.group(1), URI.create(request.group(2)), headers, out);
    } else {
      answer(out, "405 Method Not Allowed");
    }
  }

  /** Up to and with the empty line. */
  private static String head(InputStream in) throws IOException {
    StringBuilder head = new StringBuilder();
    while (head.indexOf("\r\n\r\n", Math.max(0, head.length() - 4)) < 0) {
      int next = in.read();
      if (next < 0 || head.length() > MAX_HEAD) {
        throw new IOException("no head of a message");
      }
      head.append((char) next);
    }
    return head.toString();
  }

  private void tunnel(HostPort target, InputStream in, OutputStream out) throws IOException {
    if (!allowed.test(target)) {
      answer(out, "403 Forbidden");
      return;
    }
    Socket socket;
    try {
      socket = tunnelTo(target);
    } catch (IOException e) {
      answer(out, "502 Bad Gateway");
      return;
    }
    write(out, "HTTP/1.1 200 Connection established\r\n\r\n");
    Thread.ofVirtual().start(() -> send(in, socket));
    socket.getInputStream().transferTo(out);
  }

  private static void send(InputStream in, Socket socket) {
    try {
      in.transferTo(socket.getOutputStream());
      socket.close();
    } catch (IOException e) {
      // The other direction ends as well.
    }
  }

  /** Nothing that follows the head is passed on, so that nothing else is asked for. */
  private void fetch(String method, URI uri, String headers, OutputStream out) throws IOException {
    HostPort target = HostPort.of(uri);
    if (!allowed.test(target)) {
      answer(out, "403 Forbidden");
      return;
    }
    Optional<URI> proxy = proxies.to(target.host(), false);
    String path = uri.getRawPath().isEmpty() ? "/" : uri.getRawPath();
    String origin = uri.getRawQuery() == null ? path : path + "?" + uri.getRawQuery();
    String request =
        "%s %s HTTP/1.1\r\nConnection: close\r\n%s%s"
            .formatted(
                method,
                proxy.isPresent() ? "http://" + target + origin : origin,
                proxy.map(RegistryConnection::authorization).orElse(""),
                OF_THE_HOP.matcher(headers).replaceAll(""));
    try {
      Socket socket = proxy.isPresent() ? connect(proxy.get()) : connect(target);
      write(socket.getOutputStream(), request);
      socket.getInputStream().transferTo(out);
    } catch (IOException e) {
      answer(out, "502 Bad Gateway");
    }
  }

  private Socket tunnelTo(HostPort target) throws IOException {
    Optional<URI> proxy = proxies.to(target.host(), true);
    if (proxy.isEmpty()) {
      return connect(target);
    }
    Socket socket = connect(proxy.get());
    write(
        socket.getOutputStream(),
        "CONNECT %s HTTP/1.1\r\nHost: %s\r\n%s\r\n"
            .formatted(target, target, authorization(proxy.get())));
    // One that refuses would take the next request from within the jail.
    if (!SUCCESS.matcher(head(socket.getInputStream())).lookingAt()) {
      throw new IOException("the proxy refuses");
    }
    return socket;
  }

  private Socket connect(URI proxy) throws IOException {
    HostPort target = HostPort.of(proxy);
    Socket socket = connect(target);
    if ("https".equals(proxy.getScheme())) {
      SSLSocketFactory tls = (SSLSocketFactory) SSLSocketFactory.getDefault();
      return tls.createSocket(socket, target.host(), target.port(), true);
    }
    return socket;
  }

  private Socket connect(HostPort target) throws IOException {
    upstream.connect(new InetSocketAddress(target.host(), target.port()), CONNECT_MS);
    upstream.setSoTimeout(READ_MS);
    return upstream;
  }

  private static String authorization(URI proxy) {
    String user = proxy.getUserInfo();
    return user == null
        ? ""
        : "Proxy-Authorization: Basic %s\r\n"
            .formatted(Base64.getEncoder().encodeToString(user.getBytes(StandardCharsets.UTF_8)));
  }

  private static void answer(OutputStream out, String status) throws IOException {
    write(out, "HTTP/1.1 " + status + "\r\nConnection: close\r\nContent-Length: 0\r\n\r\n");
  }

  private static void write(OutputStream out, String text) throws IOException {
    out.write(text.getBytes(ISO_8859_1));
  }

  @Override
  public void close() throws IOException {
    client.close();
    upstream.close();
  }
}
