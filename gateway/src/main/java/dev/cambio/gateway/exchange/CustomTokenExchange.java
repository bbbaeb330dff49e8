package dev.cambio.gateway.exchange;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.cambio.gateway.access.UserAccess;
import dev.cambio.gateway.action.ActionClient;
import dev.cambio.gateway.action.Actions;
import dev.cambio.gateway.action.BoundAction;
import dev.cambio.gateway.action.TriggerRun;
import dev.cambio.gateway.audience.Audiences;
import dev.cambio.gateway.audience.Confirmation;
import dev.cambio.gateway.audience.SessionTransfer;
import dev.cambio.gateway.audience.Target;
import dev.cambio.gateway.client.Client;
import dev.cambio.gateway.error.OAuthException.RequestInvalid;
import dev.cambio.gateway.error.OAuthException.ServerFault;
import dev.cambio.gateway.exchange.ExchangeDecision.Accepted;
import dev.cambio.gateway.exchange.TokenExchangeRequest.ActorToken;
import dev.cambio.gateway.key.SignedJwt.Invalid;
import dev.cambio.gateway.login.Login;
import dev.cambio.gateway.login.LoginPipeline;
import dev.cambio.gateway.login.LoginTransaction;
import dev.cambio.gateway.login.OfflineAccess;
import dev.cambio.gateway.mfa.Multifactor;
import dev.cambio.gateway.organization.Organization;
import dev.cambio.gateway.organization.Organizations;
import dev.cambio.gateway.refresh.RefreshPolicy;
import dev.cambio.gateway.refresh.RefreshTerms;
import dev.cambio.gateway.refresh.RefreshTerms.First;
import dev.cambio.gateway.tenant.Tenant;
import dev.cambio.gateway.throttle.SuspiciousIpThrottle;
import dev.cambio.gateway.token.OrganizationClaims;
import dev.cambio.gateway.token.RequestEvent;
import dev.cambio.gateway.token.TokenGrant;
import dev.cambio.gateway.token.TokenRequest;
import dev.cambio.gateway.user.User;
import dev.cambio.gateway.user.UserResolution.Resolved;
import dev.cambio.model.action.ActionResult;
import dev.cambio.model.action.Trigger;
import dev.cambio.model.exchange.TokenExchangeProfile;
import dev.cambio.model.oauth.Actor;
import dev.cambio.model.oauth.ScopeSet;
import dev.cambio.model.oauth.TokenTypes;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** A Custom Token Exchange: each line of {@link #authorize} is one step of contract §3. */
public final class CustomTokenExchange {
  private final TokenExchangeProfiles profiles;
  private final Actions actions;
  private final ActionClient actionClient;
  private final Audiences audiences;
  private final ActorTokenVerifier actorTokens;
  private final OwnTokens ownTokens;
  private final Delegation delegation;
  private final Admission admission;
  private final LoginPipeline loginPipeline;
  private final Organizations organizations;
  private final UserAccess access;
  private final Multifactor multifactor;
  private final SuspiciousIpThrottle throttle;
  private final ExchangeSettings settings;
  private final Clock clock;

  public CustomTokenExchange(
      TokenExchangeProfiles profiles,
      Actions actions,
      ActionClient actionClient,
      Audiences audiences,
      ActorTokenVerifier actorTokens,
      OwnTokens ownTokens,
      Delegation delegation,
      Admission admission,
      LoginPipeline loginPipeline,
      Organizations organizations,
      UserAccess access,
      Multifactor multifactor,
      SuspiciousIpThrottle throttle,
      ExchangeSettings settings,
      Clock clock) {
    this.profiles = profiles;
    this.actions = actions;
    this.actionClient = actionClient;
    this.audiences = audiences;
    this.actorTokens = actorTokens;
    this.ownTokens = ownTokens;
    this.delegation = delegation;
    this.admission = admission;
    this.loginPipeline = loginPipeline;
    this.organizations = organizations;
    this.access = access;
    this.multifactor = multifactor;
    this.throttle = throttle;
    this.settings = settings;
    this.clock = clock;
  }

  TokenGrant authorize(
      String protocol, Client client, TokenRequest request, ExchangeRecord record) {
    Tenant tenant = request.tenant();
    TokenExchangeRequest.requireCustomFlow(request.parameters());
    client.requireCustomTokenExchange();
    TokenExchangeRequest exchange = TokenExchangeRequest.from(request.parameters());
    TokenExchangeProfile profile = profile(tenant, exchange);
    BoundAction action = profileAction(tenant, profile);
    throttle.require(tenant, record.ip());
    Target target =
        audiences.resolve(
            tenant, client, request.issuer(), exchange.audience(), exchange.resource());
    record.audience(target.audience());
    exchange.requireFitting(target);
    Optional<Confirmation> confirmation =
        audiences.confirmation(client, target, request.possession());
    Optional<Organization> requested =
        organizations.resolve(tenant, client, exchange.organization());
    Optional<User> actorTokenUser = actorTokenUser(tenant, exchange);
    if (profile.subjectTokenIsOurs()) {
      requireOurs(tenant, exchange.subjectToken(), record);
    }
    Optional<ObjectNode> delegated = delegation.delegated(tenant, exchange.subjectToken());
    ObjectNode facts = RequestEvent.of(request.inbound(), request.parameters(), record.ip());
    ObjectNode event =
        ExchangeEvent.of(tenant, client, facts, target, requested, exchange, actorTokenUser);
    ActionResult result = run(tenant, action, exchange, event, record);
    ExchangeDecision decision = ExchangeDecision.from(result);
    requireAttempt(tenant, decision, record);
    Accepted accepted = decision.orThrow();
    Optional<Actor> actor = delegation.actor(tenant, delegated, accepted.actor());
    record.actor(actor);
    if (target instanceof SessionTransfer) {
      requireOneActor(actor);
    }
    Optional<Organization> organization =
        Organizations.agreed(
            client, requested, organizations.resolve(tenant, client, accepted.organization()));
    organization.ifPresent(record::organization);
    Resolved resolved = admission.resolve(tenant, client, accepted);
    record.resolved(resolved);
    admission.requireMembership(tenant, organization, resolved, accepted, record);
    User user = admission.recordLogin(tenant, resolved.user(), accepted, record.ip());
    audiences.requireNoConsent(target);
    OfflineAccess offlineAccess =
        OfflineAccess.allowedIf(
            RefreshPolicy.of(client).isPresent()
                && target.allowsOfflineAccess()
                && exchange.actorToken().isEmpty()
                && actor.isEmpty());
    LoginTransaction login =
        new LoginTransaction(
            tenant,
            client,
            protocol,
            facts,
            target,
            exchange.scope(),
            user,
            resolved.connection(),
            organization,
            Optional.of(exchange.subjectTokenType()),
            exchange.actorToken().map(ActorToken::type),
            actor,
            accepted.transactionMetadata(),
            tenant.requiresMultifactor(),
            sensitive(exchange),
            offlineAccess);
    Login completed = loginPipeline.complete(login, record.runs());
    admission.requireStillMember(login, completed);
    record.resolved(new Resolved(completed.user(), resolved.connection()));
    TokenGrant grant = grant(login, completed, request, record, confirmation);
    if (completed.multifactor()) {
      throw multifactor.demand(tenant, grant, exchange.subjectTokenType());
    }
    return grant;
  }

  private TokenGrant grant(
      LoginTransaction login,
      Login completed,
      TokenRequest request,
      ExchangeRecord record,
      Optional<Confirmation> confirmation) {
    Tenant tenant = login.tenant();
    Target target = login.target();
    Optional<Set<String>> permissions =
        access.enforced(
            tenant.id(),
            completed.user().userId(),
            login.organization().map(Organization::id),
            target);
    ScopeSet granted =
        login
            .offlineAccess()
            .grant(
                login.requested(),
                audiences.grant(tenant, login.client(), target, login.requested(), permissions));
    return new TokenGrant(
        tenant.id(),
        request.issuer(),
        login.client(),
        completed.user().userId(),
        Optional.of(completed.user()),
        Optional.of(login.connection().name()),
        login.organization().map(of -> OrganizationClaims.of(tenant, of)),
        record.ip(),
        target,
        login.requested(),
        completed.scopes().appliedTo(granted),
        permissions,
        login.actor(),
        Optional.of(TokenTypes.ACCESS_TOKEN),
        Optional.empty(),
        confirmation,
        completed.accessTokenClaims(),
        completed.idTokenClaims(),
        Map.of(),
        login.offlineAccess().allowed()
            ? First.of(
                login.client(),
                request.possession().key(),
                record.caller(),
                completed.refreshToken())
            : RefreshTerms.NONE);
  }

  private TokenExchangeProfile profile(Tenant tenant, TokenExchangeRequest exchange) {
    return profiles
        .find(tenant.id(), exchange.subjectTokenType())
        .orElseThrow(() -> new RequestInvalid(TokenExchangeRequest.WRONG_COMBINATION));
  }

  private BoundAction profileAction(Tenant tenant, TokenExchangeProfile profile) {
    return actions
        .deployed(tenant.id(), profile.actionId(), Trigger.CUSTOM_TOKEN_EXCHANGE)
        .map(action -> new BoundAction(profile.id(), action))
        .orElseThrow(
            () -> new ServerFault("the Action of profile " + profile.id() + " is not deployed"));
  }

  /** One that is not counts as an invalid one: the Action never gets to say so. */
  private void requireOurs(Tenant tenant, String subjectToken, ExchangeRecord record) {
    try {
      ownTokens.requireOfUser(tenant, subjectToken);
    } catch (Invalid e) {
      takeAttempt(tenant, record);
      throw new RequestInvalid("Invalid subject_token", "Invalid subject_token: " + e.reason());
    }
  }

  /**
   * Others from the same address may have used up its attempts while the Action ran; then nobody is
   * told how the token fared, good or bad, so that guessing at once is worth no more than guessing
   * one by one (contract §9).
   */
  private void requireAttempt(Tenant tenant, ExchangeDecision decision, ExchangeRecord record) {
    if (decision.rejectsSubjectToken()) {
      takeAttempt(tenant, record);
    } else {
      throttle.require(tenant, record.ip());
    }
  }

  private void takeAttempt(Tenant tenant, ExchangeRecord record) {
    if (throttle.take(tenant, record.ip())) {
      record.addressBlocked();
    }
  }

  /** A session is handed over to one party, who acts for the user (contract §4.6). */
  private static void requireOneActor(Optional<Actor> actor) {
    if (actor.isEmpty()) {
      throw new RequestInvalid("A Session Transfer Token requires an actor");
    }
    if (actor.get().act() != null) {
      throw new RequestInvalid("A Session Transfer Token allows one actor only");
    }
  }

  private Optional<User> actorTokenUser(Tenant tenant, TokenExchangeRequest exchange) {
    Optional<ActorToken> idToken = exchange.actorToken().filter(ActorToken::isIdToken);
    try {
      return idToken.map(token -> actorTokens.verify(tenant, token.value()));
    } catch (RequestInvalid e) {
      if (settings.invalidActorToken() == ExchangeSettings.InvalidActorToken.OMIT) {
        return Optional.empty();
      }
      throw e;
    }
  }

  private ActionResult run(
      Tenant tenant,
      BoundAction action,
      TokenExchangeRequest exchange,
      ObjectNode event,
      ExchangeRecord record) {
    return TriggerRun.begin(
            actionClient,
            tenant.id(),
            Trigger.CUSTOM_TOKEN_EXCHANGE,
            sensitive(exchange),
            settings.actionTimeout(),
            record.runs(),
            clock)
        .run(action, event);
  }

  private static List<String> sensitive(TokenExchangeRequest exchange) {
    List<String> values = new ArrayList<>();
    values.add(exchange.subjectToken());
    exchange.actorToken().map(ActorToken::value).ifPresent(values::add);
    return values;
  }
}
