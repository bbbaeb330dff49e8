package dev.cambio.gateway.client;

import dev.cambio.gateway.inbound.InboundRequest;
import io.netty.util.NetUtil;

/** Which address a request counts for (contract token-endpoint §1.3). */
public final class ClientIp {
  private ClientIp() {}

  /** The end user's address that a trusted client forwards, else the peer's. */
  public static String of(InboundRequest inbound, Client client) {
    boolean trusted = client.isConfidential() && client.trustsForwardedIp();
    return inbound
        .header("auth0-forwarded-for")
        .filter(value -> trusted)
        .map(String::strip)
        .filter(ClientIp::isAddress)
        .orElse(inbound.ip());
  }

  private static boolean isAddress(String value) {
    return NetUtil.isValidIpV4Address(value)
        || (NetUtil.isValidIpV6Address(value) && value.indexOf('%') < 0 && value.indexOf('[') < 0);
  }
}
