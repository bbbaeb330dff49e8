package dev.cambio.gateway.stream;

import java.util.Map;

/** The categories that streams select entries by. */
final class LogCategory {
  private static final String OTHER = "other";
  private static final Map<String, String> OF_TYPE =
      Map.ofEntries(
          Map.entry("s", "auth.login.success"),
          Map.entry("f", "auth.login.fail"),
          Map.entry("w", "auth.login.notification"),
          Map.entry("ss", "auth.signup.success"),
          Map.entry("fs", "auth.signup.fail"),
          Map.entry("sv", "user.success"),
          Map.entry("sapi", "management.success"),
          Map.entry("fapi", "management.fail"),
          Map.entry("mgmt_api_read", "management.success"),
          Map.entry("secte", "auth.token_exchange.success"),
          Map.entry("fecte", "auth.token_exchange.fail"),
          Map.entry("success_on_behalf_of_token_exchange", "auth.token_exchange.success"),
          Map.entry("failed_on_behalf_of_token_exchange", "auth.token_exchange.fail"),
          Map.entry("seta", "auth.token_exchange.success"),
          Map.entry("feta", "auth.token_exchange.fail"),
          Map.entry("sens", "auth.token_exchange.success"),
          Map.entry("fens", "auth.token_exchange.fail"),
          Map.entry("ferrt", "auth.token_exchange.fail"),
          Map.entry("srrt", "user.success"),
          Map.entry("actions_execution_failed", "actions"),
          Map.entry("api_limit", "system.notification"),
          Map.entry("api_limit_warning", "system.notification"),
          Map.entry("limit_mu", "system.notification"));

  private LogCategory() {}

  /** The category of entries of that type. */
  static String of(String type) {
    String known = OF_TYPE.get(type);
    if (known != null) {
      return known;
    }
    // Grants at the token endpoint: seccft, fertft, ...
    if (type.endsWith("ft") && type.length() > 4) {
      return type.startsWith("se")
          ? "auth.token_exchange.success"
          : type.startsWith("fe") ? "auth.token_exchange.fail" : OTHER;
    }
    return OTHER;
  }
}
