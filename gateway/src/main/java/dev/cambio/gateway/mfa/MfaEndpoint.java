package dev.cambio.gateway.mfa;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.cambio.gateway.client.Client;
import dev.cambio.gateway.client.ClientAuthenticator;
import dev.cambio.gateway.client.ClientCredentials;
import dev.cambio.gateway.client.TrustedEdge;
import dev.cambio.gateway.error.OAuthException.AssociationRequired;
import dev.cambio.gateway.error.OAuthException.ChallengeUnsupported;
import dev.cambio.gateway.error.OAuthException.MfaTokenInvalid;
import dev.cambio.gateway.error.OAuthException.RequestInvalid;
import dev.cambio.gateway.inbound.InboundRequest;
import dev.cambio.gateway.inbound.Parameters;
import dev.cambio.gateway.tenant.Tenant;
import dev.cambio.gateway.tenant.Tenants;
import dev.cambio.gateway.user.User;
import dev.cambio.gateway.user.Users;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * {@code /mfa/*}: what stands between the demand of a second factor and its proof (contract §8).
 */
public final class MfaEndpoint {
  private static final String BEARER = "Bearer ";

  private final Tenants tenants;
  private final ClientAuthenticator clients;
  private final TrustedEdge edge;
  private final Users users;
  private final PendingLogins logins;
  private final Authenticators authenticators;
  private final Challenges challenges;
  private final Codes codes;

  MfaEndpoint(
      Tenants tenants,
      ClientAuthenticator clients,
      TrustedEdge edge,
      Users users,
      PendingLogins logins,
      Authenticators authenticators,
      Challenges challenges,
      Codes codes) {
    this.tenants = tenants;
    this.clients = clients;
    this.edge = edge;
    this.users = users;
    this.logins = logins;
    this.authenticators = authenticators;
    this.challenges = challenges;
    this.codes = codes;
  }

  /** {@code GET /mfa/authenticators}: what the user can prove. Waits: for virtual threads. */
  public ArrayNode authenticators(InboundRequest inbound) {
    PendingLogin login = bearer(inbound);
    ArrayNode list = JsonNodeFactory.instance.arrayNode();
    authenticators.of(login).forEach(one -> list.add(one.toJson()));
    return list;
  }

  /**
   * {@code POST /mfa/associate}: the user enrols a factor, which counts once it is proved. Waits:
   * for virtual threads.
   */
  public ObjectNode associate(InboundRequest inbound) {
    PendingLogin login = bearer(inbound);
    Set<Factor> enabled = Factor.enabled(login.tenant());
    Enrollment wanted = Enrollment.read(inbound.body(), enabled);
    User user = users.find(login.tenantId(), login.userId()).orElseThrow(MfaTokenInvalid::new);
    Optional<String> secret = secret(wanted, user);
    Optional<String> recoveryCode =
        enabled.contains(Factor.RECOVERY_CODE)
            ? Optional.of(codes.recoveryCode())
            : Optional.empty();
    Authenticator enrolled =
        authenticators.enroll(login, wanted.factor(), wanted.channel(), secret, recoveryCode);
    ObjectNode answer =
        JsonNodeFactory.instance
            .objectNode()
            .put("authenticator_type", enrolled.factor().authenticatorType());
    if (enrolled.factor() == Factor.OTP) {
      String key = secret.orElseThrow();
      answer.put("secret", key).put("barcode_uri", barcode(login.tenant(), user, key));
    } else {
      answer.put("oob_channel", enrolled.channel().orElseThrow());
      challenges.send(login, enrolled).addTo(answer);
    }
    recoveryCode.ifPresent(code -> answer.putArray("recovery_codes").add(code));
    return answer;
  }

  /** The shared key, or the address that messages go to. */
  private Optional<String> secret(Enrollment wanted, User user) {
    return switch (wanted.factor()) {
      case OTP -> Optional.of(codes.letters(Totp.KEY_LETTERS));
      case PHONE -> wanted.phoneNumber();
      case EMAIL ->
          Optional.of(
              user.attribute("email")
                  .filter(email -> user.profile().path("email_verified").asBoolean(false))
                  .orElseThrow(() -> new RequestInvalid("The user has no verified email address")));
      case PUSH, RECOVERY_CODE -> Optional.empty();
    };
  }

  /** What an authenticator app reads from a picture. */
  private static String barcode(Tenant tenant, User user, String key) {
    String issuer = encoded(tenant.settings().path("friendly_name").asText(tenant.id()));
    return "otpauth://totp/%s:%s?secret=%s&issuer=%s&algorithm=SHA1&digits=%d&period=%d"
        .formatted(
            issuer,
            encoded(user.attribute("email").orElse(user.userId())),
            key,
            issuer,
            Totp.DIGITS,
            Totp.STEP_SECONDS);
  }

  private static String encoded(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20");
  }

  /**
   * {@code POST /mfa/challenge}: asks the user for a factor that the client can take. Waits: for
   * virtual threads.
   */
  public ObjectNode challenge(InboundRequest inbound) {
    Tenant tenant = tenants.require(inbound.host());
    Parameters parameters = Parameters.parse(inbound);
    Client client =
        clients.authenticate(
            tenant,
            inbound.issuer(),
            ClientCredentials.read(inbound, parameters),
            edge.certificate(inbound));
    PendingLogin login = logins.require(tenant, parameters.require("mfa_token"));
    if (!login.clientId().equals(client.clientId())) {
      throw new MfaTokenInvalid();
    }
    Authenticator asked = choose(login, parameters);
    ObjectNode answer =
        JsonNodeFactory.instance
            .objectNode()
            .put("challenge_type", asked.factor().authenticatorType());
    if (asked.factor() != Factor.OTP) {
      challenges.send(login, asked).addTo(answer);
    }
    return answer;
  }

  private Authenticator choose(PendingLogin login, Parameters parameters) {
    List<Authenticator> active =
        authenticators.of(login).stream()
            .filter(one -> one.active() && one.factor() != Factor.RECOVERY_CODE)
            .toList();
    if (active.isEmpty()) {
      throw new AssociationRequired();
    }
    List<String> types =
        Arrays.asList(parameters.find("challenge_type").orElse("otp oob").split(" "));
    Optional<String> id = parameters.find("authenticator_id");
    return active.stream()
        .filter(one -> types.contains(one.factor().authenticatorType()))
        .filter(one -> id.isEmpty() || one.id().equals(id.get()))
        .findFirst()
        .orElseThrow(
            () ->
                new ChallengeUnsupported(
                    "The user has no such authenticator of the challenge types"));
  }

  private PendingLogin bearer(InboundRequest inbound) {
    Tenant tenant = tenants.require(inbound.host());
    String token =
        inbound
            .header("authorization")
            .filter(value -> value.regionMatches(true, 0, BEARER, 0, BEARER.length()))
            .map(value -> value.substring(BEARER.length()).strip())
            .orElseThrow(MfaTokenInvalid::new);
    return logins.require(tenant, token);
  }
}
