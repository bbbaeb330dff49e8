package dev.cambio.gateway.http;

import dev.cambio.gateway.config.StartupException;
import dev.cambio.gateway.load.BodyBudget;
import dev.cambio.model.config.Settings;
import dev.cambio.model.config.SettingsException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.Optional;

/**
 * Settings of the listeners.
 *
 * @param host interface to listen on
 * @param port of plain HTTP; 0 lets the system choose
 * @param plain whether plain HTTP is served at all: outside quickstart only to a TLS proxy
 * @param behindTlsProxy whether clients speak HTTPS to a proxy in front; then issuers are https
 * @param tls the TLS listener; absent without one
 * @param headerTimeout time for a request's head to arrive in whole
 * @param bodyTimeout time for a request's body to arrive in whole
 * @param bounds what all requests together may take
 * @param proxies in front, whose word on the client is taken
 */
public record HttpSettings(
    String host,
    int port,
    boolean plain,
    boolean behindTlsProxy,
    Optional<Tls> tls,
    Duration headerTimeout,
    Duration bodyTimeout,
    Bounds bounds,
    TrustedProxies proxies) {
  private static final String HTTPS_PORT = "https.port";
  private static final String SELF_SIGNED = "tls.self-signed";

  /**
   * Settings of the TLS listener.
   *
   * @param port 0 lets the system choose
   * @param files certificate and key; absent for a self-signed certificate
   */
  public record Tls(int port, Optional<Files> files) {

    /**
     * Complains about files that cannot be used.
     *
     * @throws StartupException naming setting and file
     */
    public void requireUsable(Clock clock) {
      files.ifPresent(given -> TlsIdentity.read(given.certificate(), given.key(), clock));
    }
  }

  /**
   * What all requests together may take.
   *
   * @param connections at a time
   * @param connectionsPerAddress from one address, unless many may stand behind it
   * @param bodyBudget bytes of requests that are being read or answered
   * @param heapWatermark percentage of the old generation in use after a collection, from which on
   *     requests are refused
   */
  public record Bounds(
      int connections, int connectionsPerAddress, long bodyBudget, int heapWatermark) {
    private static final int MIB = 1024 * 1024;

    /** By default a connection costs 128 KiB of the heap at most, and bodies a 32nd of it. */
    static Bounds from(Settings settings, long heap) {
      int heapMb = (int) (heap / MIB);
      int connections =
          settings.integer(
              "http.max-connections", Math.clamp(heapMb * 8L, 256, 65536), 1, 1_000_000);
      return new Bounds(
          connections,
          settings.integer(
              "http.max-connections-per-address", Math.max(1, connections / 8), 1, 1_000_000),
          (long) MIB * settings.integer("http.body-budget-mb", Math.max(4, heapMb / 32), 4, 65536),
          settings.integer("http.heap-watermark-percent", 85, 30, 99));
    }
  }

  /** PEM files. */
  public record Files(Path certificate, Path key) {}

  /**
   * Reads and checks the settings.
   *
   * @throws SettingsException for a TLS listener without a certificate, and the other way round
   */
  public static HttpSettings from(Settings settings) {
    boolean quickstart = settings.flag("quickstart", false);
    boolean behindTlsProxy = settings.flag("http.behind-tls-proxy", false);
    return new HttpSettings(
        settings.text("http.host", "127.0.0.1"),
        settings.port("http.port", 8080),
        quickstart || behindTlsProxy,
        behindTlsProxy,
        tls(settings, quickstart),
        settings.millis(
            "http.header-timeout-ms",
            Duration.ofSeconds(10),
            Duration.ofMillis(100),
            Duration.ofMinutes(10)),
        settings.millis(
            "http.body-timeout-ms",
            Duration.ofSeconds(30),
            Duration.ofMillis(100),
            Duration.ofMinutes(10)),
        Bounds.from(settings, Runtime.getRuntime().maxMemory()),
        TrustedProxies.from(settings));
  }

  private static Optional<Tls> tls(Settings settings, boolean quickstart) {
    Optional<String> certificate = settings.optional(TlsIdentity.CERTIFICATE_FILE);
    Optional<String> key = settings.optional(TlsIdentity.KEY_FILE);
    boolean selfSigned = settings.flag(SELF_SIGNED, false);
    boolean wanted = settings.optional(HTTPS_PORT).isPresent();
    if (selfSigned && !quickstart) {
      throw settings.bad(SELF_SIGNED, "false outside quickstart: nobody vouches for such a key");
    }
    if (certificate.isPresent() != key.isPresent()) {
      throw settings.bad(
          certificate.isPresent() ? TlsIdentity.KEY_FILE : TlsIdentity.CERTIFICATE_FILE,
          "a PEM file, as its counterpart is given");
    }
    if (selfSigned && certificate.isPresent()) {
      throw settings.bad(SELF_SIGNED, "false where " + TlsIdentity.CERTIFICATE_FILE + " is given");
    }
    if (!wanted && (selfSigned || certificate.isPresent())) {
      throw settings.bad(HTTPS_PORT, "the port at which the certificate is to be shown");
    }
    if (!wanted) {
      return Optional.empty();
    }
    if (certificate.isEmpty() && !selfSigned) {
      throw settings.bad(
          TlsIdentity.CERTIFICATE_FILE,
          "a PEM file, since https.port is given (in quickstart, "
              + SELF_SIGNED
              + "=true will do)");
    }
    Optional<Files> files =
        certificate.map(file -> new Files(Path.of(file), Path.of(key.orElseThrow())));
    return Optional.of(new Tls(settings.port(HTTPS_PORT, 0), files));
  }

  /** A budget for the bytes of all requests; a new one with each call. */
  public BodyBudget budget() {
    return new BodyBudget(bounds.bodyBudget(), proxies::standForMany);
  }

  /** The scheme that clients of the plain listener use. */
  String scheme() {
    return behindTlsProxy ? "https" : "http";
  }
}
