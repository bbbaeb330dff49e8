package dev.cambio.gateway.client;

import dev.cambio.gateway.client.ClientCredentials.Assertion;
import dev.cambio.gateway.client.ClientCredentials.Basic;
import dev.cambio.gateway.client.ClientCredentials.None;
import dev.cambio.gateway.client.ClientCredentials.Post;
import dev.cambio.gateway.error.OAuthException.AssertionInvalid;
import dev.cambio.gateway.error.OAuthException.ClientUnauthenticated;
import dev.cambio.gateway.key.JwtSignatures;
import dev.cambio.gateway.store.Database;
import dev.cambio.gateway.tenant.Tenant;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.util.Optional;

/** Decides whether a client is who it says (contract token-endpoint §1.2). */
public final class ClientAuthenticator {
  /**
   * Compared with when there is no secret, so that an unknown client takes as long as a known one.
   */
  private static final ClientSecret NO_SECRET =
      new ClientSecret("no client has this".getBytes(StandardCharsets.UTF_8));

  private final Clients clients;
  private final ClientAssertions assertions;
  private final Clock clock;

  public ClientAuthenticator(
      Clients clients, JwtSignatures signatures, Database database, Clock clock) {
    this.clients = clients;
    this.clock = clock;
    this.assertions = new ClientAssertions(signatures, database, clock);
  }

  /**
   * The client, authenticated as its configuration demands; refuses with 401 otherwise.
   *
   * @param issuer that the request speaks to, for which an assertion must be
   */
  public Client authenticate(
      Tenant tenant,
      String issuer,
      ClientCredentials credentials,
      Optional<ClientCertificate> certificate) {
    String tenantId = tenant.id();
    return switch (credentials) {
      case Basic basic -> authenticateBasic(tenantId, basic);
      case Post post ->
          bySecret(tenantId, post.clientId(), post.secret())
              .orElseThrow(() -> refused(post.clientId(), false));
      case None none -> withoutSecret(tenantId, none.clientId(), certificate);
      case Assertion assertion -> byAssertion(tenant, issuer, assertion);
    };
  }

  private Client byAssertion(Tenant tenant, String issuer, Assertion assertion) {
    Client client =
        clients
            .find(tenant.id(), assertion.clientId())
            .orElseThrow(
                () ->
                    ClientAssertions.refused(
                        "client '%s' is unknown".formatted(assertion.clientId())));
    assertions.require(tenant, issuer, client, assertion);
    return client;
  }

  private Client authenticateBasic(String tenantId, Basic raw) {
    return bySecret(tenantId, raw.clientId(), raw.secret())
        .or(
            () ->
                ClientCredentials.formDecoded(raw)
                    .filter(decoded -> !decoded.equals(raw))
                    .flatMap(decoded -> bySecret(tenantId, decoded.clientId(), decoded.secret())))
        .orElseThrow(() -> refused(raw.clientId(), true));
  }

  private Optional<Client> bySecret(String tenantId, String clientId, String presented) {
    Optional<Client> client = clients.find(tenantId, clientId);
    ClientSecret secret = client.flatMap(Client::secret).orElse(NO_SECRET);
    boolean matches = secret.matches(presented);
    return client.filter(found -> matches && secret != NO_SECRET).filter(Client::usesSecret);
  }

  /** A client that sends its id alone: it is public, or its certificate speaks for it. */
  private Client withoutSecret(
      String tenantId, String clientId, Optional<ClientCertificate> certificate) {
    Client client = clients.find(tenantId, clientId).orElseThrow(() -> refused(clientId, false));
    if (!client.certificates().isEmpty()) {
      boolean accepted =
          certificate
              .map(shown -> shown.meets(client.certificates(), clock.instant()))
              .orElse(false);
      if (!accepted) {
        throw new AssertionInvalid("The client certificate is missing or not the client's");
      }
      return client;
    }
    if (client.isConfidential()) {
      throw refused(clientId, false);
    }
    return client;
  }

  private static ClientUnauthenticated refused(String clientId, boolean basic) {
    return new ClientUnauthenticated(
        "client '%s' is unknown or did not authenticate".formatted(clientId), basic);
  }
}
