package dev.cambio.gateway.config;

import dev.cambio.model.config.Settings;
import java.net.InetAddress;
import java.net.UnknownHostException;

/** Whether an address to bind to is reachable from this machine only. */
public final class Loopback {
  private Loopback() {}

  /**
   * Says so.
   *
   * @param key the setting that named the host, for the complaint about one that does not exist
   */
  public static boolean is(Settings settings, String key, String host) {
    try {
      return InetAddress.getByName(host).isLoopbackAddress();
    } catch (UnknownHostException e) {
      throw settings.bad(key, "an address of this machine");
    }
  }
}
