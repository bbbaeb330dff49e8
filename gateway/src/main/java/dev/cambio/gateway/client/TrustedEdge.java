package dev.cambio.gateway.client;

import dev.cambio.gateway.error.OAuthException.AssertionInvalid;
import dev.cambio.gateway.inbound.InboundRequest;
import dev.cambio.model.config.Settings;
import dev.cambio.model.net.AddressRange;
import io.netty.util.NetUtil;
import java.net.InetAddress;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.util.List;
import java.util.Optional;

/**
 * The proxy that ends mutual TLS in front of the gateway and forwards the client's certificate in
 * headers (contract token-endpoint §1.2). They are believed only from its addresses and with its
 * API key; from others they are as if not sent.
 *
 * @param addresses of the proxy; empty for none
 * @param apiKey that it sends in {@code cname-api-key}
 */
public record TrustedEdge(List<AddressRange> addresses, Optional<ClientSecret> apiKey) {
  private static final String ADDRESSES = "http.trusted-edge";
  private static final String API_KEY = "http.trusted-edge-api-key";
  private static final int MIN_KEY = 16;

  /**
   * Reads and checks the settings.
   *
   * @throws dev.cambio.model.config.SettingsException for one without the other, and bad values
   */
  public static TrustedEdge from(Settings settings) {
    List<AddressRange> addresses;
    try {
      addresses = settings.list(ADDRESSES, List.of()).stream().map(AddressRange::parse).toList();
    } catch (IllegalArgumentException e) {
      throw settings.bad(ADDRESSES, "a list of address/bits");
    }
    Optional<String> key = settings.optional(API_KEY);
    if (key.isPresent() == addresses.isEmpty()) {
      throw settings.bad(key.isPresent() ? ADDRESSES : API_KEY, "given, as its counterpart is");
    }
    if (key.isPresent() && key.get().length() < MIN_KEY) {
      throw settings.bad(API_KEY, "at least " + MIN_KEY + " characters");
    }
    return new TrustedEdge(
        addresses, key.map(text -> new ClientSecret(text.getBytes(StandardCharsets.UTF_8))));
  }

  /** Whether there is one. */
  public boolean exists() {
    return apiKey.isPresent();
  }

  /** The certificate of the request's client; refuses one that cannot be read. */
  public Optional<ClientCertificate> certificate(InboundRequest inbound) {
    if (!isTrusted(inbound)) {
      return Optional.empty();
    }
    boolean vouched =
        inbound.header("client-certificate-ca-verified").filter("SUCCESS"::equals).isPresent();
    return inbound.header("client-certificate").map(encoded -> read(encoded, vouched));
  }

  private boolean isTrusted(InboundRequest inbound) {
    InetAddress peer = NetUtil.createInetAddressFromIpAddressString(inbound.peer());
    return peer != null
        && addresses.stream().anyMatch(range -> range.contains(peer))
        && inbound
            .header("cname-api-key")
            .flatMap(presented -> apiKey.map(key -> key.matches(presented)))
            .orElse(false);
  }

  private static ClientCertificate read(String encoded, boolean vouched) {
    try {
      // Some proxies leave the plus of base64 as it is, others write a plus for each space.
      String pem = URLDecoder.decode(encoded.replace("+", "%2B"), StandardCharsets.US_ASCII);
      return ClientCertificate.read(pem.replace("+CERTIFICATE", " CERTIFICATE"), vouched);
    } catch (IllegalArgumentException | GeneralSecurityException e) {
      throw new AssertionInvalid("The client certificate is not readable");
    }
  }
}
