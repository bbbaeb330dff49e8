package dev.cambio.gateway;

import com.hazelcast.core.HazelcastInstance;
import dev.cambio.gateway.access.UserAccess;
import dev.cambio.gateway.action.ActionBreaker;
import dev.cambio.gateway.action.ActionClient;
import dev.cambio.gateway.action.ActionCodeService;
import dev.cambio.gateway.action.ActionDeployments;
import dev.cambio.gateway.action.ActionNodeWatch;
import dev.cambio.gateway.action.ActionRetention;
import dev.cambio.gateway.action.ActionWorkbench;
import dev.cambio.gateway.action.Actions;
import dev.cambio.gateway.audience.Audiences;
import dev.cambio.gateway.client.ClientAuthenticator;
import dev.cambio.gateway.client.ClientRequests;
import dev.cambio.gateway.client.Clients;
import dev.cambio.gateway.client.IdTokens;
import dev.cambio.gateway.cluster.ClusterNode;
import dev.cambio.gateway.database.DatabaseServer;
import dev.cambio.gateway.dpop.DpopNonces;
import dev.cambio.gateway.dpop.DpopVerifier;
import dev.cambio.gateway.exchange.ActorTokenVerifier;
import dev.cambio.gateway.exchange.Admission;
import dev.cambio.gateway.exchange.CustomTokenExchange;
import dev.cambio.gateway.exchange.Delegation;
import dev.cambio.gateway.exchange.OnBehalfOfExchange;
import dev.cambio.gateway.exchange.OwnTokens;
import dev.cambio.gateway.exchange.TokenExchangeGrant;
import dev.cambio.gateway.exchange.TokenExchangeProfiles;
import dev.cambio.gateway.grant.ClientCredentialsGrant;
import dev.cambio.gateway.grant.CredentialsExchange;
import dev.cambio.gateway.grant.RefreshTokenGrant;
import dev.cambio.gateway.grant.UnconfiguredGrant;
import dev.cambio.gateway.http.HttpVerticle;
import dev.cambio.gateway.http.HttpVerticle.Services;
import dev.cambio.gateway.http.TlsIdentity;
import dev.cambio.gateway.introspection.AccessTokens;
import dev.cambio.gateway.introspection.IntrospectionEndpoint;
import dev.cambio.gateway.key.JwtSignatures;
import dev.cambio.gateway.key.SigningKeys;
import dev.cambio.gateway.load.Drain;
import dev.cambio.gateway.load.HeapHeadroom;
import dev.cambio.gateway.log.LogRetention;
import dev.cambio.gateway.log.Notifications;
import dev.cambio.gateway.log.TenantLog;
import dev.cambio.gateway.login.LoginPipeline;
import dev.cambio.gateway.management.DeployWhenBuilt;
import dev.cambio.gateway.management.ManagementApi;
import dev.cambio.gateway.management.ManagementTokens;
import dev.cambio.gateway.management.Operations;
import dev.cambio.gateway.management.Resources;
import dev.cambio.gateway.mfa.SecondFactors;
import dev.cambio.gateway.organization.Organizations;
import dev.cambio.gateway.packages.ActionPackages;
import dev.cambio.gateway.packages.BuildWorker;
import dev.cambio.gateway.refresh.RefreshTokens;
import dev.cambio.gateway.revocation.RevocationEndpoint;
import dev.cambio.gateway.store.ConfigurationCaches;
import dev.cambio.gateway.store.ConfigurationNotices;
import dev.cambio.gateway.store.Database;
import dev.cambio.gateway.store.SecretSeal;
import dev.cambio.gateway.stream.FileSink;
import dev.cambio.gateway.stream.LogStreamDelivery;
import dev.cambio.gateway.tenant.Tenants;
import dev.cambio.gateway.throttle.RateLimits;
import dev.cambio.gateway.throttle.SuspiciousIpThrottle;
import dev.cambio.gateway.throttle.ThrottleForms;
import dev.cambio.gateway.token.GrantHandler;
import dev.cambio.gateway.token.OpaqueTokens;
import dev.cambio.gateway.token.RequestLimits;
import dev.cambio.gateway.token.TokenCalls;
import dev.cambio.gateway.token.TokenEndpoint;
import dev.cambio.gateway.token.TokenIssuer;
import dev.cambio.gateway.user.Connections;
import dev.cambio.gateway.user.UserResolution;
import dev.cambio.gateway.user.Users;
import dev.cambio.gateway.userinfo.UserinfoEndpoint;
import dev.cambio.model.cluster.RecordForm;
import dev.cambio.model.cluster.SharedMaps;
import io.micrometer.core.instrument.MeterRegistry;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;

/** The gateway role of a node: its services, wired. */
public final class Gateway implements AutoCloseable {
  private static final Duration STRAGGLERS = Duration.ofSeconds(5);
  private static final int EVENT_LOOPS = Runtime.getRuntime().availableProcessors();

  private final Vertx vertx;
  private final Operations operations;
  private final ActionPackages packages;
  private final BuildWorker builds;
  private final ConfigurationNotices notices;
  private final TokenCalls tokenCalls;
  private final ActionCodeService codes;
  private final Drain drain;
  private final ActionRetention retention;
  private final LogRetention logRetention;
  private final ExecutorService executor;
  private final LogStreamDelivery logStreams;
  private final ActionNodeWatch actionNodes;
  private final List<String> deployments = new ArrayList<>();
  private volatile int httpPort;
  private volatile int httpsPort;

  private Gateway(
      Vertx vertx,
      Operations operations,
      ActionPackages packages,
      BuildWorker builds,
      ConfigurationNotices notices,
      TokenCalls tokenCalls,
      ActionCodeService codes,
      Drain drain,
      ActionRetention retention,
      LogRetention logRetention,
      ExecutorService executor,
      LogStreamDelivery logStreams,
      ActionNodeWatch actionNodes) {
    this.vertx = vertx;
    this.operations = operations;
    this.packages = packages;
    this.builds = builds;
    this.notices = notices;
    this.tokenCalls = tokenCalls;
    this.codes = codes;
    this.drain = drain;
    this.retention = retention;
    this.logRetention = logRetention;
    this.executor = executor;
    this.logStreams = logStreams;
    this.actionNodes = actionNodes;
  }

  /**
   * Starts the role and waits until it serves. Not to be called on an event loop.
   *
   * @param maps of the cluster
   * @param databases where everything is kept
   * @param identity of the TLS listener, if the settings want one
   * @param headroom of the heap, without which no request is taken
   * @param drain not begun
   * @param registry where the numbers go
   */
  public static Gateway start(
      Vertx vertx,
      HazelcastInstance hazelcast,
      SharedMaps maps,
      DatabaseServer databases,
      SecretSeal seal,
      GatewaySettings settings,
      Optional<TlsIdentity> identity,
      HeapHeadroom headroom,
      Drain drain,
      MeterRegistry registry,
      Clock clock) {
    Database database = databases.exchanges();
    Database administration = databases.administration();
    ConfigurationCaches caches = new ConfigurationCaches();
    ConfigurationNotices notices = new ConfigurationNotices(vertx, databases.background(), caches);

    Tenants tenants = new Tenants(database, caches);
    Clients clients = new Clients(database, caches, seal);
    Audiences audiences =
        new Audiences(database, caches, seal, settings.exchange().issuesSessionTransferTokens());
    Connections connections = new Connections(database, caches);
    Users users = new Users(database);
    Actions actions = new Actions(database, caches, seal);
    SigningKeys keys = new SigningKeys(database, caches, seal, clock);
    Notifications notifications = new Notifications(vertx.eventBus(), clock);
    ActionNodeWatch actionNodes = ActionNodeWatch.start(vertx, hazelcast, registry);
    ActionClient actionClient =
        new ActionClient(
            vertx.eventBus(),
            actionNodes.nodes(),
            new ActionBreaker(settings.breaker(), registry, clock),
            registry);
    JwtSignatures signatures = new JwtSignatures(vertx, keys);
    OpaqueTokens opaqueTokens = new OpaqueTokens(database, clock);
    RefreshTokens refreshTokens = new RefreshTokens(database, clock);
    IdTokens idTokens = new IdTokens(signatures, clients);
    ActorTokenVerifier actorTokens =
        new ActorTokenVerifier(
            maps.map(ClusterNode.ID_TOKEN_VALIDATION),
            seal,
            idTokens,
            keys,
            clients,
            audiences,
            users,
            clock);
    UserAccess access = new UserAccess(database);
    UserResolution resolution = new UserResolution(users, connections, notifications, clock);
    Organizations organizations = new Organizations(database, caches);
    LoginPipeline loginPipeline =
        new LoginPipeline(
            actions, actionClient, users, access, settings.exchange().actionTimeout(), clock);
    ClientAuthenticator clientAuthenticator =
        new ClientAuthenticator(clients, signatures, database, clock);
    SecondFactors secondFactors =
        SecondFactors.of(
            database,
            seal,
            notifications,
            tenants,
            clientAuthenticator,
            settings.edge(),
            users,
            resolution,
            audiences,
            access,
            clock);
    OwnTokens ownTokens =
        new OwnTokens(keys, signatures, idTokens, audiences, clients, opaqueTokens, users, clock);
    Delegation delegation = new Delegation(ownTokens, opaqueTokens, users);
    CustomTokenExchange customTokenExchange =
        new CustomTokenExchange(
            new TokenExchangeProfiles(database, caches),
            actions,
            actionClient,
            audiences,
            actorTokens,
            ownTokens,
            delegation,
            new Admission(resolution, users, organizations, clock),
            loginPipeline,
            organizations,
            access,
            secondFactors.multifactor(),
            new SuspiciousIpThrottle(maps.map(ClusterNode.THROTTLE), notifications, clock),
            settings.exchange(),
            clock);
    OnBehalfOfExchange onBehalfOf =
        new OnBehalfOfExchange(
            ownTokens, audiences, delegation, resolution, organizations, access, loginPipeline);
    RefreshTokenGrant refreshGrant =
        new RefreshTokenGrant(
            refreshTokens, audiences, resolution, organizations, access, loginPipeline, clock);
    DpopVerifier dpop = new DpopVerifier(signatures, new DpopNonces(seal, clock), database, clock);
    TenantLog log = new TenantLog(database, vertx.eventBus());
    RateLimits limits = new RateLimits(maps.map(ClusterNode.RATE_LIMITS), settings.limits(), clock);
    RequestLimits requestLimits = new RequestLimits(tenants, limits, log, clock);
    List<GrantHandler> grants =
        new ArrayList<>(
            List.of(
                new TokenExchangeGrant(customTokenExchange, onBehalfOf),
                new ClientCredentialsGrant(
                    audiences,
                    organizations,
                    new CredentialsExchange(
                        actions, actionClient, settings.exchange().actionTimeout(), clock)),
                refreshGrant,
                UnconfiguredGrant.tokenVault(),
                UnconfiguredGrant.crossAppAccess()));
    grants.addAll(secondFactors.grants());
    TokenEndpoint tokenEndpoint =
        new TokenEndpoint(
            tenants,
            clientAuthenticator,
            settings.edge(),
            dpop,
            grants,
            requestLimits,
            new TokenIssuer(keys, opaqueTokens, refreshTokens, clock),
            log,
            registry,
            clock);
    UserinfoEndpoint userinfoEndpoint =
        new UserinfoEndpoint(
            tenants, signatures, opaqueTokens, clients, users, dpop, limits, clock);

    ClientRequests clientRequests = new ClientRequests(clientAuthenticator, settings.edge());
    RevocationEndpoint revocationEndpoint =
        new RevocationEndpoint(tenants, clientRequests, refreshTokens, opaqueTokens, log, clock);
    IntrospectionEndpoint introspectionEndpoint =
        new IntrospectionEndpoint(
            tenants,
            clientRequests,
            new AccessTokens(signatures, audiences, opaqueTokens, clients, clock),
            refreshTokens,
            users,
            clock);

    ActionPackages packages = new ActionPackages(settings.builds());
    Operations operations =
        Resources.operations(
            seal,
            ActionWorkbench.of(actionClient, settings.exchange().actionTimeout()),
            packages,
            idTokens,
            FileSink.of(settings.logStreams()));
    ManagementApi managementApi =
        new ManagementApi(
            tenants,
            new ManagementTokens(signatures, clients, clock),
            operations,
            administration,
            caches,
            settings.management(),
            clock);

    ExecutorService executor = Executors.newVirtualThreadPerTaskExecutor();
    Services services =
        new Services(
            settings.http().budget(),
            headroom,
            drain,
            requestLimits,
            tokenEndpoint,
            userinfoEndpoint,
            secondFactors.endpoint(),
            revocationEndpoint,
            introspectionEndpoint,
            tenants,
            keys,
            managementApi,
            settings.edge().exists(),
            executor);
    TokenCalls tokenCalls = new TokenCalls(tokenEndpoint, executor);
    ActionCodeService codes = new ActionCodeService(actions, executor);
    BuildWorker builds =
        new BuildWorker(
            vertx, administration, packages, new DeployWhenBuilt(operations, seal, clock));
    notices.also(BuildWorker.CHANNEL, builds::wake);
    ActionRetention retention = new ActionRetention(vertx, databases.background());
    LogRetention logRetention =
        new LogRetention(vertx, databases.background(), settings.logs(), clock);
    LogStreamDelivery logStreams =
        new LogStreamDelivery(vertx, administration, seal, settings.logStreams(), clock);
    Gateway gateway =
        new Gateway(
            vertx,
            operations,
            packages,
            builds,
            notices,
            tokenCalls,
            codes,
            drain,
            retention,
            logRetention,
            executor,
            logStreams,
            actionNodes);
    try {
      actionNodes.listens().await();
      notices.start().await();
      // Known before it is asked for, without anybody waiting.
      executor.execute(packages::protection);
      builds.start();
      retention.start();
      logRetention.start();
      codes.listen(vertx.eventBus()).await();
      new ActionDeployments(actions, vertx.eventBus(), executor).listen(caches).await();
      tokenCalls.listen(vertx.eventBus()).await();
      secondFactors.answers(executor).listen(vertx.eventBus()).await();
      for (int i = 0; i < EVENT_LOOPS; i++) {
        gateway.deploy(new HttpVerticle(settings.http(), identity, services));
      }
      logStreams.start();
      return gateway;
    } catch (Exception e) { // await() throws what a future failed with, checked or not
      gateway.close();
      throw e;
    }
  }

  /** The forms of what this role keeps in the cluster's maps. */
  public static List<RecordForm<?>> forms() {
    return ThrottleForms.ALL;
  }

  private void deploy(HttpVerticle verticle) {
    deployments.add(vertx.deployVerticle(verticle).await());
    httpPort = verticle.port();
    httpsPort = verticle.tlsPort();
  }

  /** The port that serves plain HTTP; 0 without. */
  public int httpPort() {
    return httpPort;
  }

  /** The port that serves HTTPS; 0 without. */
  public int httpsPort() {
    return httpsPort;
  }

  /** How many Actions nodes this node hears. */
  public int actionNodes() {
    return actionNodes.nodes().well();
  }

  /** What the Management API does, for imports. */
  public Operations operations() {
    return operations;
  }

  /** The npm packages of Actions, for imports. */
  public ActionPackages packages() {
    return packages;
  }

  /** Goes on serving, but tells clients to connect elsewhere, and takes no calls from the bus. */
  public void drain() {
    drain.begin();
    tokenCalls.close();
  }

  /** Stops serving: no new requests, then waits for those under way, as long as they may take. */
  @Override
  public void close() {
    tokenCalls.close();
    Future.join(deployments.stream().map(vertx::undeploy).toList()).otherwiseEmpty().await();
    // Runs of other nodes' exchanges may have needed it until now.
    codes.close();
    stopAnswering();
    builds.close();
    retention.close();
    logRetention.close();
    logStreams.close();
    notices.close();
    actionNodes.close();
  }

  /** Nobody waits any more for what is answered still. */
  private void stopAnswering() {
    executor.shutdown();
    try {
      if (!executor.awaitTermination(STRAGGLERS.toMillis(), TimeUnit.MILLISECONDS)) {
        executor.shutdownNow();
      }
    } catch (InterruptedException e) {
      executor.shutdownNow();
      Thread.currentThread().interrupt();
    }
  }
}
