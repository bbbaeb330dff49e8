package dev.cambio.gateway.throttle;

import dev.cambio.gateway.error.OAuthException.TooManyAttempts;
import dev.cambio.gateway.log.Notifications;
import dev.cambio.gateway.tenant.Tenant;
import dev.cambio.model.cluster.SharedMap;
import io.netty.util.NetUtil;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Clock;
import java.util.Arrays;
import java.util.Optional;

/**
 * Refuses exchanges from addresses that sent too many invalid subject tokens (contract
 * token-endpoint §9). Buckets are counted where they live in the cluster, each in one atomic step.
 * Exchanges of an address are not held up for each other's sake; what keeps many at once from
 * learning more than one after the other would is that an address is judged twice: before its
 * exchange begins, and before it is told how that ended. Should the member that holds them be lost
 * with its backup, buckets are full again: that many attempts more at most. While it is silent,
 * each node counts for itself ({@link AttemptCounts}).
 */
public final class SuspiciousIpThrottle {
  private static final int IPV6_NETWORK_BYTES = 8;
  private static final long MILLIS = 1000;

  private final AttemptCounts attempts;
  private final Notifications notifications;
  private final Clock clock;

  /**
   * A throttle.
   *
   * @param buckets a map that the cluster shares
   */
  @SuppressWarnings("unchecked") // The map is this class's own; nobody else sees what is in it.
  public SuspiciousIpThrottle(SharedMap<?> buckets, Notifications notifications, Clock clock) {
    this.attempts = new AttemptCounts((SharedMap<TokenBucket>) buckets);
    this.notifications = notifications;
    this.clock = clock;
  }

  /** Refuses with 429 while the address has no attempt left. Takes none. */
  public void require(Tenant tenant, String ip) {
    ThrottleSettings settings = ThrottleSettings.of(tenant);
    if (!settings.enabled() || !settings.blocks()) {
      return;
    }
    Optional<InetAddress> address = counted(settings, ip);
    if (address.isEmpty()) {
      return;
    }
    double left = attempts.left(key(tenant, address.get()), settings.stage(), clock.millis());
    if (left < 1) {
      throw refusal(settings.stage(), left);
    }
  }

  /**
   * Takes an attempt from an address whose subject token was rejected as invalid. Only who gets one
   * may be told of the rejection: of those that come at the same time, no more than are left.
   *
   * @return whether it was the last one, so that the address is refused from now on
   * @throws TooManyAttempts if there was none, in the place of the rejection
   */
  public boolean take(Tenant tenant, String ip) {
    ThrottleSettings settings = ThrottleSettings.of(tenant);
    Optional<InetAddress> address = settings.enabled() ? counted(settings, ip) : Optional.empty();
    if (address.isEmpty()) {
      return false;
    }
    TokenBucket.Outcome outcome =
        attempts.take(key(tenant, address.get()), settings.stage(), clock.millis());
    if (!outcome.taken() && settings.blocks()) {
      throw refusal(settings.stage(), outcome.left());
    }
    if (outcome.last() && settings.notifies()) {
      notifications.addressBlocked(tenant.id(), ip);
    }
    return outcome.last();
  }

  private static TooManyAttempts refusal(ThrottleStage stage, double left) {
    double millis = (1 - left) * stage.rateMillis();
    return new TooManyAttempts((long) Math.ceil(millis / MILLIS));
  }

  /** The address, unless it is on the allowlist. */
  private static Optional<InetAddress> counted(ThrottleSettings settings, String ip) {
    return Optional.ofNullable(NetUtil.createInetAddressFromIpAddressString(ip))
        .map(SuspiciousIpThrottle::unmapped)
        .filter(address -> !settings.allows(address));
  }

  /** An IPv4 address in IPv6 clothes is that IPv4 address. */
  private static InetAddress unmapped(InetAddress address) {
    byte[] bytes = address.getAddress();
    boolean mapped =
        bytes.length == 16
            && Arrays.equals(bytes, 0, 10, new byte[10], 0, 10)
            && bytes[10] == -1
            && bytes[11] == -1;
    if (!mapped) {
      return address;
    }
    try {
      return InetAddress.getByAddress(Arrays.copyOfRange(bytes, 12, 16));
    } catch (UnknownHostException e) {
      throw new IllegalStateException(e);
    }
  }

  /** A household has a whole IPv6 network, so those count as one. */
  private static String key(Tenant tenant, InetAddress address) {
    String counted =
        address instanceof Inet6Address
            ? NetUtil.bytesToIpAddress(
                    Arrays.copyOf(Arrays.copyOf(address.getAddress(), IPV6_NETWORK_BYTES), 16))
                + "/64"
            : address.getHostAddress();
    return tenant.id() + '\n' + ThrottleSettings.STAGE + '\n' + counted;
  }
}
