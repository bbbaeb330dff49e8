package dev.cambio.gateway.ops;

import dev.cambio.gateway.config.ConfigLoader;
import dev.cambio.gateway.config.StartupException;
import java.io.IOException;
import java.net.BindException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;

/**
 * Tries a port before anything is started, so that a busy one is told at once and by its key. Who
 * takes it in between is told later by the listener itself.
 */
public final class PortCheck {
  private PortCheck() {}

  /**
   * Binds and releases the port.
   *
   * @param key the setting that named the port, for the message
   * @throws StartupException if it cannot be bound
   */
  public static void requireFree(String key, String host, int port) {
    try (ServerSocket socket = new ServerSocket()) {
      socket.setReuseAddress(true);
      socket.bind(new InetSocketAddress(host, port));
    } catch (BindException e) {
      throw cannotListen(key, host, port, e);
    } catch (IOException | IllegalArgumentException e) {
      throw new StartupException(
          "%s: cannot listen on %s:%d (%s)".formatted(key, host, port, e.getMessage()), e);
    }
  }

  /** The complaint about a port that could not be bound. */
  static StartupException cannotListen(String key, String host, int port, Throwable cause) {
    Throwable innermost = cause;
    while (innermost.getCause() != null) {
      innermost = innermost.getCause();
    }
    String message = String.valueOf(innermost.getMessage());
    return message.contains("in use")
        ? new StartupException(
            "%s: port %d on %s is already in use; choose another with %s"
                .formatted(key, port, host, ConfigLoader.variableOf(key)),
            cause)
        : new StartupException(
            "%s: cannot listen on %s:%d (%s)".formatted(key, host, port, message), cause);
  }
}
