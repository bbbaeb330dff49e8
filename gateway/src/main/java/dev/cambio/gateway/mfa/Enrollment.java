package dev.cambio.gateway.mfa;

import com.fasterxml.jackson.databind.JsonNode;
import dev.cambio.gateway.error.OAuthException.ChallengeUnsupported;
import dev.cambio.gateway.error.OAuthException.RequestInvalid;
import dev.cambio.model.bus.Json;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * The body of {@code POST /mfa/associate}: which second factor a user wants.
 *
 * @param channel how the user is to be reached; absent for an authenticator app
 * @param phoneNumber in E.164, where the channel is a telephone
 */
record Enrollment(Factor factor, Optional<String> channel, Optional<String> phoneNumber) {
  private static final String PHONE_NUMBER = "\\+[0-9]{1,15}";

  /** Reads the first factor of those asked for that the tenant allows. */
  static Enrollment read(byte[] body, Set<Factor> enabled) {
    JsonNode json = parse(body);
    List<String> types = strings(json, "authenticator_types");
    if (types.isEmpty() || !Set.of("otp", "oob").containsAll(types)) {
      throw new RequestInvalid("authenticator_types must be a list of otp or oob");
    }
    if (types.contains("otp") && enabled.contains(Factor.OTP)) {
      return new Enrollment(Factor.OTP, Optional.empty(), Optional.empty());
    }
    if (types.contains("oob")) {
      for (String channel : channels(json)) {
        Factor factor = Factor.ofChannel(channel).orElseThrow(Enrollment::unknownChannel);
        if (enabled.contains(factor)) {
          return new Enrollment(factor, Optional.of(channel), phoneNumber(json, factor));
        }
      }
    }
    throw new ChallengeUnsupported("The tenant has enabled none of these factors");
  }

  private static List<String> channels(JsonNode json) {
    List<String> channels = strings(json, "oob_channels");
    if (channels.isEmpty()) {
      throw unknownChannel();
    }
    return channels;
  }

  private static RequestInvalid unknownChannel() {
    return new RequestInvalid("oob_channels must be a list of sms, voice, email or auth0");
  }

  private static Optional<String> phoneNumber(JsonNode json, Factor factor) {
    if (factor != Factor.PHONE) {
      return Optional.empty();
    }
    String number = json.path("phone_number").asText();
    if (!number.matches(PHONE_NUMBER)) {
      throw new RequestInvalid("phone_number must be a number in E.164, with its plus sign");
    }
    return Optional.of(number);
  }

  private static List<String> strings(JsonNode json, String member) {
    List<String> strings = new ArrayList<>();
    for (JsonNode item : json.path(member)) {
      strings.add(item.asText());
    }
    return strings;
  }

  private static JsonNode parse(byte[] body) {
    try {
      JsonNode json = Json.parse(body);
      if (json.isObject()) {
        return json;
      }
    } catch (IOException e) {
      throw new RequestInvalid("The request body is not valid JSON");
    }
    throw new RequestInvalid("The request body must be one JSON object");
  }
}
