package dev.cambio.gateway.packages;

import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentSkipListSet;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * The only way out of a jail: an HTTP proxy on a Unix socket that connects to registries and to
 * what the operator has listed, and to nothing else. What is encrypted stays so.
 */
final class RegistryDoor implements AutoCloseable {
  private static final int MAX_CONNECTIONS = 64;
  private static final int MAX_REFUSED = 10;
  private static final long RETRY_NANOS = TimeUnit.MILLISECONDS.toNanos(50);

  private final ServerSocketChannel server;
  private final Set<String> allowed;
  private final NpmProxies proxies;
  private final Set<RegistryConnection> connections = ConcurrentHashMap.newKeySet();
  private final Set<String> refused = new ConcurrentSkipListSet<>();

  private RegistryDoor(ServerSocketChannel server, Set<String> allowed, NpmProxies proxies) {
    this.server = server;
    this.allowed = allowed;
    this.proxies = proxies;
  }

  /**
   * Opens it.
   *
   * @param socket of the file system, in a directory that only the build and the node reach
   * @param allowed host:port of each
   */
  static RegistryDoor open(Path socket, Set<String> allowed, NpmProxies proxies)
      throws IOException {
    ServerSocketChannel server = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
    try {
      server.bind(UnixDomainSocketAddress.of(socket));
      Files.setPosixFilePermissions(socket, PosixFilePermissions.fromString("rw-rw-rw-"));
    } catch (IOException e) {
      server.close();
      throw e;
    }
    RegistryDoor door = new RegistryDoor(server, allowed, proxies);
    Thread.ofPlatform().daemon().name("cambio-registry-door").start(door::accept);
    return door;
  }

  /** Some of the host:port that were asked for and are not allowed. */
  Set<String> refused() {
    return new TreeSet<>(refused);
  }

  private void accept() {
    while (server.isOpen()) {
      try {
        SocketChannel client = server.accept();
        if (connections.size() < MAX_CONNECTIONS) {
          RegistryConnection connection = new RegistryConnection(client, this::allows, proxies);
          connections.add(connection);
          if (!server.isOpen()) {
            // It was closed in between, perhaps before it could see this one.
            connection.close();
            return;
          }
          Thread.ofVirtual().start(() -> serve(connection));
        } else {
          client.close();
        }
      } catch (IOException e) {
        // It was closed, or this one client is gone; or there are no file descriptors, which
        // trying again at once would not bring.
        if (server.isOpen()) {
          LockSupport.parkNanos(RETRY_NANOS);
        }
      }
    }
  }

  private void serve(RegistryConnection connection) {
    try (connection) {
      connection.serve();
    } catch (IOException | IllegalArgumentException e) {
      // Whoever asked sees the connection closed.
    } finally {
      connections.remove(connection);
    }
  }

  private boolean allows(HostPort target) {
    boolean allows = allowed.contains(target.toString());
    if (!allows && refused.size() < MAX_REFUSED) {
      refused.add(target.toString());
    }
    return allows;
  }

  /** Ends every connection. */
  @Override
  public void close() throws IOException {
    server.close();
    for (RegistryConnection connection : connections) {
      connection.close();
    }
  }
}
