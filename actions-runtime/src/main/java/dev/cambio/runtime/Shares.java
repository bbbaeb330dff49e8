package dev.cambio.runtime;

import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * How many of something there are, and how many of them each tenant, Action and client has and may
 * have. Unless one tenant may have all of them, the last one that is free is kept for a tenant that
 * has none. Not thread-safe.
 */
final class Shares {
  private final Limits limits;
  private final Map<List<String>, Integer> taken = new HashMap<>();

  /**
   * How many there are.
   *
   * @param all of everybody
   * @param perTenant of one tenant
   * @param perAction of one Action of a tenant
   * @param perClient of one client with one Action
   */
  record Limits(int all, int perTenant, int perAction, int perClient) {}

  /** None is taken. */
  Shares(Limits limits) {
    this.limits = limits;
  }

  int taken() {
    return taken(List.of());
  }

  /** Whether that one may have one more. */
  boolean hasRoomFor(Claimant who) {
    int free = limits.all() - taken();
    int ofTenant = taken(List.of(who.tenant()));
    boolean kept = free == 1 && limits.perTenant() < limits.all() && ofTenant > 0;
    return free > 0
        && !kept
        && ofTenant < limits.perTenant()
        && taken(List.of(who.tenant(), who.action())) < limits.perAction()
        && taken(List.of(who.tenant(), who.action(), who.client())) < limits.perClient();
  }

  void take(Claimant who) {
    levels(who).forEach(level -> taken.merge(level, 1, Integer::sum));
  }

  void giveBack(Claimant who) {
    levels(who).forEach(level -> taken.computeIfPresent(level, (_, n) -> n == 1 ? null : n - 1));
  }

  private int taken(List<String> level) {
    return taken.getOrDefault(level, 0);
  }

  private static List<List<String>> levels(Claimant who) {
    return List.of(
        List.of(),
        List.of(who.tenant()),
        List.of(who.tenant(), who.action()),
        List.of(who.tenant(), who.action(), who.client()));
  }
}
