package dev.cambio.gateway;

import com.hazelcast.core.HazelcastInstance;
import dev.cambio.gateway.access.UserAccess;
import dev.cambio.gateway.action.ActionBreaker;
import dev.cambio.gateway.action.ActionClient;
import dev.cambio.gateway.action.ActionCodeService;
import dev.cambio.gateway.action.ActionDeployments;
import dev.cambio.gateway.action.ActionRetention;
import dev.cambio.gateway.action.ActionWorkbench;
import dev.cambio.gateway.action.Actions;
import dev.cambio.gateway.audience.Audiences;
import dev.cambio.gateway.client.ClientAuthenticator;
import dev.cambio.gateway.client.Clients;
import dev.cambio.gateway.client.IdTokens;
import dev.cambio.gateway.cluster.ClusterNode;
import dev.cambio.gateway.dpop.DpopNonces;
import dev.cambio.gateway.dpop.DpopVerifier;
import dev.cambio.gateway.exchange.ActorTokenVerifier;
import dev.cambio.gateway.exchange.Delegation;
import dev.cambio.gateway.exchange.TokenExchangeGrant;
import dev.cambio.gateway.exchange.TokenExchangeProfiles;
import dev.cambio.gateway.grant.ClientCredentialsGrant;
import dev.cambio.gateway.http.HttpVerticle;
import dev.cambio.gateway.http.HttpVerticle.Services;
import dev.cambio.gateway.http.TlsIdentity;
import dev.cambio.gateway.key.JwtSignatures;
import dev.cambio.gateway.key.SigningKeys;
import dev.cambio.gateway.log.LogRetention;
import dev.cambio.gateway.log.Notifications;
import dev.cambio.gateway.log.TenantLog;
import dev.cambio.gateway.login.LoginPipeline;
import dev.cambio.gateway.management.ManagementApi;
import dev.cambio.gateway.management.ManagementTokens;
import dev.cambio.gateway.management.Operations;
import dev.cambio.gateway.management.Resources;
import dev.cambio.gateway.organization.Organizations;
import dev.cambio.gateway.store.ConfigurationCaches;
import dev.cambio.gateway.store.ConfigurationNotices;
import dev.cambio.gateway.store.Database;
import dev.cambio.gateway.store.SecretSeal;
import dev.cambio.gateway.stream.FileSink;
import dev.cambio.gateway.stream.LogStreamDelivery;
import dev.cambio.gateway.tenant.Tenants;
import dev.cambio.gateway.throttle.RateLimits;
import dev.cambio.gateway.throttle.SuspiciousIpThrottle;
import dev.cambio.gateway.token.OpaqueTokens;
import dev.cambio.gateway.token.TokenCalls;
import dev.cambio.gateway.token.TokenEndpoint;
import dev.cambio.gateway.token.TokenIssuer;
import dev.cambio.gateway.user.Connections;
import dev.cambio.gateway.user.UserResolution;
import dev.cambio.gateway.user.Users;
import dev.cambio.gateway.userinfo.UserinfoEndpoint;
import io.micrometer.core.instrument.MeterRegistry;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.pgclient.PgConnectOptions;
import io.vertx.sqlclient.Pool;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/** The gateway role of a node: its services, wired. */
public final class Gateway implements AutoCloseable {
  private static final int EVENT_LOOPS = Runtime.getRuntime().availableProcessors();

  private final Vertx vertx;
  private final Operations operations;
  private final ConfigurationNotices notices;
  private final TokenCalls tokenCalls;
  private final ActionRetention retention;
  private final LogRetention logRetention;
  private final ExecutorService executor;
  private final LogStreamDelivery logStreams;
  private final List<String> deployments = new ArrayList<>();
  private volatile int httpPort;
  private volatile int httpsPort;

  private Gateway(
      Vertx vertx,
      Operations operations,
      ConfigurationNotices notices,
      TokenCalls tokenCalls,
      ActionRetention retention,
      LogRetention logRetention,
      ExecutorService executor,
      LogStreamDelivery logStreams) {
    this.vertx = vertx;
    this.operations = operations;
    this.notices = notices;
    this.tokenCalls = tokenCalls;
    this.retention = retention;
    this.logRetention = logRetention;
    this.executor = executor;
    this.logStreams = logStreams;
  }

  /**
   * Starts the role and waits until it serves. Not to be called on an event loop.
   *
   * @param listening where to listen for configuration changes
   * @param identity of the TLS listener, if the settings want one
   * @param registry where the numbers go
   */
  public static Gateway start(
      Vertx vertx,
      HazelcastInstance hazelcast,
      Pool pool,
      PgConnectOptions listening,
      SecretSeal seal,
      GatewaySettings settings,
      Optional<TlsIdentity> identity,
      MeterRegistry registry,
      Clock clock) {
    Database database = new Database(pool);
    ConfigurationCaches caches = new ConfigurationCaches();
    ConfigurationNotices notices = new ConfigurationNotices(vertx, pool, listening, caches);

    Tenants tenants = new Tenants(database, caches);
    Clients clients = new Clients(database, caches, seal);
    Audiences audiences =
        new Audiences(database, caches, seal, settings.exchange().issuesSessionTransferTokens());
    Connections connections = new Connections(database, caches);
    Users users = new Users(database);
    Actions actions = new Actions(database, caches, seal);
    SigningKeys keys = new SigningKeys(database, caches, seal);
    Notifications notifications = new Notifications(vertx.eventBus(), clock);
    ActionClient actionClient =
        new ActionClient(vertx.eventBus(), new ActionBreaker(settings.breaker(), registry, clock));
    JwtSignatures signatures = new JwtSignatures(vertx, keys);
    OpaqueTokens opaqueTokens = new OpaqueTokens(database, clock);
    IdTokens idTokens = new IdTokens(signatures, clients);
    ActorTokenVerifier actorTokens =
        new ActorTokenVerifier(
            hazelcast.getMap(ClusterNode.ID_TOKEN_VALIDATION),
            idTokens,
            keys,
            clients,
            audiences,
            users,
            clock);
    UserAccess access = new UserAccess(database);
    LoginPipeline loginPipeline =
        new LoginPipeline(
            actions, actionClient, users, access, settings.exchange().actionTimeout(), clock);
    TokenExchangeGrant tokenExchange =
        new TokenExchangeGrant(
            new TokenExchangeProfiles(database, caches),
            actions,
            actionClient,
            audiences,
            actorTokens,
            new Delegation(signatures, idTokens, audiences, opaqueTokens),
            new UserResolution(users, connections, notifications, clock),
            users,
            loginPipeline,
            new Organizations(database, caches),
            access,
            new SuspiciousIpThrottle(hazelcast.getMap(ClusterNode.THROTTLE), notifications, clock),
            settings.exchange(),
            clock);
    DpopVerifier dpop =
        new DpopVerifier(
            signatures,
            new DpopNonces(seal, clock),
            hazelcast.getMap(ClusterNode.DPOP_PROOFS),
            clock);
    TokenEndpoint tokenEndpoint =
        new TokenEndpoint(
            tenants,
            new ClientAuthenticator(clients, signatures, database, clock),
            settings.edge(),
            dpop,
            List.of(tokenExchange, new ClientCredentialsGrant(audiences)),
            new RateLimits(hazelcast.getMap(ClusterNode.RATE_LIMITS), settings.limits(), clock),
            new TokenIssuer(keys, opaqueTokens, clock),
            new TenantLog(pool, vertx.eventBus()),
            registry,
            clock);
    UserinfoEndpoint userinfoEndpoint =
        new UserinfoEndpoint(tenants, signatures, opaqueTokens, clients, users, dpop, clock);

    Operations operations =
        Resources.operations(
            seal,
            ActionWorkbench.of(actionClient, settings.exchange().actionTimeout()),
            idTokens,
            FileSink.of(settings.logStreams()));
    ManagementApi managementApi =
        new ManagementApi(
            tenants,
            new ManagementTokens(signatures, clients, clock),
            operations,
            database,
            caches,
            settings.management(),
            clock);

    ExecutorService executor = Executors.newVirtualThreadPerTaskExecutor();
    Services services =
        new Services(
            tokenEndpoint,
            userinfoEndpoint,
            tenants,
            keys,
            managementApi,
            settings.edge().exists(),
            executor);
    TokenCalls tokenCalls = new TokenCalls(tokenEndpoint, executor);
    ActionRetention retention = new ActionRetention(vertx, pool);
    LogRetention logRetention = new LogRetention(vertx, pool, settings.logs(), clock);
    LogStreamDelivery logStreams =
        new LogStreamDelivery(vertx, database, seal, settings.logStreams(), clock);
    Gateway gateway =
        new Gateway(
            vertx, operations, notices, tokenCalls, retention, logRetention, executor, logStreams);
    try {
      notices.start().await();
      retention.start();
      logRetention.start();
      new ActionCodeService(actions, executor).listen(vertx.eventBus()).await();
      new ActionDeployments(actions, vertx.eventBus(), executor).listen(caches).await();
      tokenCalls.listen(vertx.eventBus()).await();
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

  /** What the Management API does, for imports. */
  public Operations operations() {
    return operations;
  }

  /** Stops serving: no new requests, then waits for those under way. */
  @Override
  public void close() {
    tokenCalls.close();
    Future.join(deployments.stream().map(vertx::undeploy).toList()).otherwiseEmpty().await();
    executor.close();
    retention.close();
    logRetention.close();
    logStreams.close();
    notices.close();
  }
}
