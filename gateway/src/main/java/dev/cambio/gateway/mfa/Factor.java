package dev.cambio.gateway.mfa;

import com.fasterxml.jackson.databind.JsonNode;
import dev.cambio.gateway.tenant.Tenant;
import java.util.EnumSet;
import java.util.Optional;
import java.util.Set;

/** A kind of second factor. */
public enum Factor {
  OTP("otp", "otp", "otp"),
  PHONE("sms", "phone", "oob"),
  EMAIL("email", "email", "oob"),
  PUSH("push-notification", "push-notification", "oob"),
  RECOVERY_CODE("recovery-code", "recovery-code", "recovery-code");

  private final String setting;
  private final String type;
  private final String authenticatorType;

  Factor(String setting, String type, String authenticatorType) {
    this.setting = setting;
    this.type = type;
    this.authenticatorType = authenticatorType;
  }

  /** Its name in the Management API, {@code /guardian/factors}. */
  public String setting() {
    return setting;
  }

  /** Its name in {@code event.user.enrolledFactors} and in {@code mfa_requirements}. */
  String type() {
    return type;
  }

  /** {@code otp}, {@code oob} or {@code recovery-code}, as {@code /mfa/authenticators} has it. */
  String authenticatorType() {
    return authenticatorType;
  }

  /** Whether the tenant has not said otherwise: only a recovery code needs nothing further. */
  public boolean enabledByDefault() {
    return this == RECOVERY_CODE;
  }

  static Factor ofType(String type) {
    for (Factor factor : values()) {
      if (factor.type.equals(type)) {
        return factor;
      }
    }
    throw new IllegalArgumentException("no factor " + type);
  }

  /** The factor of an {@code oob_channel}. */
  static Optional<Factor> ofChannel(String channel) {
    return switch (channel) {
      case "sms", "voice" -> Optional.of(PHONE);
      case "email" -> Optional.of(EMAIL);
      case "auth0" -> Optional.of(PUSH);
      default -> Optional.empty();
    };
  }

  /** The factors that the tenant allows. */
  static Set<Factor> enabled(Tenant tenant) {
    JsonNode settings = tenant.settings().path("guardian").path("factors");
    Set<Factor> enabled = EnumSet.noneOf(Factor.class);
    for (Factor factor : values()) {
      if (settings.path(factor.setting).asBoolean(factor.enabledByDefault())) {
        enabled.add(factor);
      }
    }
    return enabled;
  }

  /** Whether users of the tenant can enrol any, so that a demand can be met. */
  public static boolean anyEnabled(Tenant tenant) {
    Set<Factor> enabled = enabled(tenant);
    enabled.remove(RECOVERY_CODE);
    return !enabled.isEmpty();
  }
}
