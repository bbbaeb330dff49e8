package dev.cambio.gateway.mfa;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Optional;

/**
 * A second factor that a user has, or is about to have.
 *
 * @param channel {@code sms}, {@code voice}, {@code email} or {@code auth0}; absent unless out of
 *     band
 * @param active whether the user has proved it once
 * @param secret the shared key in base32, or the address that messages go to
 */
record Authenticator(
    String id, Factor factor, Optional<String> channel, boolean active, Optional<String> secret) {
  private static final int SHOWN_DIGITS = 4;

  /** As {@code GET /mfa/authenticators} shows it. */
  ObjectNode toJson() {
    ObjectNode json =
        JsonNodeFactory.instance
            .objectNode()
            .put("id", id)
            .put("authenticator_type", factor.authenticatorType())
            .put("active", active)
            .put("type", factor.type());
    channel.ifPresent(by -> json.put("oob_channel", by));
    name().ifPresent(name -> json.put("name", name));
    return json;
  }

  /** An address as somebody knows it who has it. */
  private Optional<String> name() {
    return switch (factor) {
      case PHONE ->
          secret.map(
              number -> "XXXX" + number.substring(Math.max(1, number.length() - SHOWN_DIGITS)));
      case EMAIL -> secret.map(mail -> mail.charAt(0) + "***" + mail.substring(mail.indexOf('@')));
      case OTP, PUSH, RECOVERY_CODE -> Optional.empty();
    };
  }

  /** Key and address stay out. */
  @Override
  public String toString() {
    return "Authenticator[" + id + "]";
  }
}
