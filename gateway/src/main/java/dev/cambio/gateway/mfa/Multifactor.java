package dev.cambio.gateway.mfa;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.cambio.gateway.client.Client;
import dev.cambio.gateway.error.OAuthException.ClientNotAllowed;
import dev.cambio.gateway.error.OAuthException.MfaRequired;
import dev.cambio.gateway.store.Payload;
import dev.cambio.gateway.tenant.Tenant;
import dev.cambio.gateway.token.TokenGrant;
import dev.cambio.gateway.user.User;
import dev.cambio.model.oauth.GrantTypes;
import java.util.List;
import java.util.Set;

/** Puts logins off until a second factor is proved (contract token-endpoint §8). */
public final class Multifactor {
  private final PendingLogins logins;

  Multifactor(PendingLogins logins) {
    this.logins = logins;
  }

  /**
   * Puts a login off; refuses if the client could never complete it.
   *
   * @param grant what will be issued
   * @param subjectTokenType of the exchange
   * @return the demand, to be thrown
   */
  public MfaRequired demand(Tenant tenant, TokenGrant grant, String subjectTokenType) {
    requireAnyGrant(grant.client());
    return new MfaRequired(
        logins.put(grant, subjectTokenType),
        requirements(tenant, grant.user().map(User::factors).orElse(List.of())));
  }

  /** What the client has to do next; empty where the tenant has set up no factor. */
  private static ObjectNode requirements(Tenant tenant, List<String> enrolled) {
    ObjectNode requirements = JsonNodeFactory.instance.objectNode();
    if (Factor.anyEnabled(tenant)) {
      ArrayNode types = requirements.putArray(enrolled.isEmpty() ? "enroll" : "challenge");
      for (Factor factor : Factor.enabled(tenant)) {
        boolean named =
            enrolled.isEmpty() ? factor != Factor.RECOVERY_CODE : enrolled.contains(factor.type());
        if (named) {
          types.addObject().put("type", factor.type());
        }
      }
    }
    return requirements;
  }

  private static void requireAnyGrant(Client client) {
    Set<String> types = Payload.strings(client.payload(), "grant_types");
    boolean any =
        types.contains(GrantTypes.MFA_OTP)
            || types.contains(GrantTypes.MFA_OOB)
            || types.contains(GrantTypes.MFA_RECOVERY_CODE);
    if (!any) {
      throw notAllowed(GrantTypes.MFA_OTP);
    }
  }

  static void requireGrant(Client client, String grantType) {
    if (!Payload.strings(client.payload(), "grant_types").contains(grantType)) {
      throw notAllowed(grantType);
    }
  }

  private static ClientNotAllowed notAllowed(String grantType) {
    return new ClientNotAllowed("Grant type '%s' not allowed for the client.".formatted(grantType));
  }
}
