package dev.cambio.gateway.http;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.MissingNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.cambio.gateway.error.OAuthException;
import dev.cambio.gateway.error.OAuthException.MethodNotAllowed;
import dev.cambio.gateway.error.OAuthException.Overloaded;
import dev.cambio.gateway.error.OAuthException.RequestInvalid;
import dev.cambio.gateway.http.HttpVerticle.Services;
import dev.cambio.gateway.http.Responses.Answer;
import dev.cambio.gateway.inbound.InboundRequest;
import dev.cambio.gateway.introspection.IntrospectionEndpoint;
import dev.cambio.gateway.key.Jwks;
import dev.cambio.gateway.key.SigningKeys;
import dev.cambio.gateway.load.BodyBudget;
import dev.cambio.gateway.load.BodyBudget.Share;
import dev.cambio.gateway.load.RequestDecoder;
import dev.cambio.gateway.management.ManagementAnswer;
import dev.cambio.gateway.management.ManagementApi;
import dev.cambio.gateway.management.ManagementRequest;
import dev.cambio.gateway.mfa.Factor;
import dev.cambio.gateway.mfa.MfaEndpoint;
import dev.cambio.gateway.revocation.RevocationEndpoint;
import dev.cambio.gateway.tenant.Tenants;
import dev.cambio.gateway.token.RequestLimits;
import dev.cambio.gateway.token.TokenEndpoint;
import dev.cambio.gateway.token.TokenResponse;
import dev.cambio.gateway.userinfo.UserinfoEndpoint;
import dev.cambio.gateway.userinfo.UserinfoEndpoint.Told;
import io.vertx.core.Context;
import io.vertx.core.MultiMap;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.net.HostAndPort;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.function.Function;

/**
 * The routes of the gateway. A request is read on the event loop and answered on a virtual thread.
 */
final class Routes {
  private static final Map<String, String> JWKS_CACHING =
      Map.of("Cache-Control", "public, max-age=15, stale-while-revalidate=15");

  private static final String USERINFO = "/userinfo";
  private static final String MANAGEMENT = "/api/v2";

  private final String scheme;
  private final HttpSettings settings;
  private final BodyBudget budget;
  private final RequestLimits limits;
  private final TokenEndpoint tokenEndpoint;
  private final UserinfoEndpoint userinfoEndpoint;
  private final MfaEndpoint mfaEndpoint;
  private final RevocationEndpoint revocationEndpoint;
  private final IntrospectionEndpoint introspectionEndpoint;
  private final Tenants tenants;
  private final SigningKeys keys;
  private final ManagementApi managementApi;
  private final boolean takesCertificates;
  private final Executor executor;

  /**
   * Routes.
   *
   * @param scheme that clients of the listener use
   */
  Routes(String scheme, HttpSettings settings, Services services) {
    this.scheme = scheme;
    this.settings = settings;
    this.budget = services.budget();
    this.limits = services.limits();
    this.tokenEndpoint = services.tokenEndpoint();
    this.userinfoEndpoint = services.userinfoEndpoint();
    this.mfaEndpoint = services.mfaEndpoint();
    this.revocationEndpoint = services.revocationEndpoint();
    this.introspectionEndpoint = services.introspectionEndpoint();
    this.tenants = services.tenants();
    this.keys = services.keys();
    this.managementApi = services.managementApi();
    this.takesCertificates = services.takesCertificates();
    this.executor = services.executor();
  }

  Router router(Vertx vertx) {
    Router router = Router.router(vertx);
    post(router, "/oauth/token", this::token);
    post(router, "/oauth/revoke", this::revoke);
    post(router, "/oauth/introspect", this::introspect);
    router.get(USERINFO).handler(this::userinfo);
    router.post(USERINFO).handler(this::userinfo);
    router.route(USERINFO).handler(context -> refuseMethod(context, "GET, POST"));
    router.get("/mfa/authenticators").handler(context -> answer(context, this::authenticators));
    router.route("/mfa/authenticators").handler(context -> refuseMethod(context, "GET"));
    router.post("/mfa/associate").handler(context -> answer(context, this::associate));
    router.route("/mfa/associate").handler(context -> refuseMethod(context, "POST"));
    router.post("/mfa/challenge").handler(context -> answer(context, this::challenge));
    router.route("/mfa/challenge").handler(context -> refuseMethod(context, "POST"));
    router.get("/.well-known/jwks.json").handler(context -> answer(context, this::jwks));
    router
        .get("/.well-known/openid-configuration")
        .handler(context -> answer(context, this::discovery));
    router
        .get("/.well-known/oauth-authorization-server")
        .handler(context -> answer(context, this::discovery));
    router.route(MANAGEMENT + "/*").handler(this::manage);
    router.route().handler(context -> refuse(context, notFound()));
    router.route().failureHandler(context -> refuse(context, failed(context)));
    return router;
  }

  private void post(Router router, String path, Function<InboundRequest, Answer> handler) {
    router.post(path).handler(context -> answer(context, handler));
    router.route(path).handler(context -> refuseMethod(context, "POST"));
  }

  private Answer token(InboundRequest request) {
    TokenResponse response = tokenEndpoint.handle(request);
    return new Answer(200, response.toJson(), response.headers());
  }

  /** Counts against what the tenant takes, as the token endpoint does by itself. */
  private Answer counted(InboundRequest request, Function<InboundRequest, JsonNode> handler) {
    Map<String, String> headers = limits.count(request).headers();
    return new Answer(200, handler.apply(request), headers);
  }

  private Answer revoke(InboundRequest request) {
    return counted(
        request,
        counted -> {
          revocationEndpoint.handle(counted);
          return MissingNode.getInstance();
        });
  }

  private Answer introspect(InboundRequest request) {
    return counted(request, introspectionEndpoint::handle);
  }

  private void userinfo(RoutingContext context) {
    String method = context.request().method().name();
    answer(
        context,
        request -> {
          Told told = userinfoEndpoint.handle(request, method);
          return new Answer(200, told.claims(), told.headers());
        });
  }

  private Answer authenticators(InboundRequest request) {
    return counted(request, mfaEndpoint::authenticators);
  }

  private Answer associate(InboundRequest request) {
    return counted(request, mfaEndpoint::associate);
  }

  private Answer challenge(InboundRequest request) {
    return counted(request, mfaEndpoint::challenge);
  }

  private Answer jwks(InboundRequest request) {
    String tenantId = tenants.require(request.host()).id();
    return new Answer(
        200, Jwks.of(keys.published(tenantId), keys.tellsAlgorithm(tenantId)), JWKS_CACHING);
  }

  private Answer discovery(InboundRequest request) {
    boolean asksForFactors = Factor.anyEnabled(tenants.require(request.host()));
    return new Answer(
        200, Discovery.document(request.issuer(), takesCertificates, asksForFactors), JWKS_CACHING);
  }

  private void manage(RoutingContext context) {
    HttpServerRequest request = context.request();
    String path = request.path() == null ? "" : request.path().substring(MANAGEMENT.length());
    String query = Optional.ofNullable(request.query()).orElse("");
    answer(
        context,
        inbound ->
            answer(
                managementApi.handle(
                    new ManagementRequest(inbound, request.method().name(), path, query))),
        failure -> answer(ManagementApi.refusal(failure)));
  }

  /** Whether a request target is one of the Management API's. */
  static boolean isManagement(String target) {
    return target.startsWith(MANAGEMENT + "/");
  }

  static Answer answer(ManagementAnswer answer) {
    return new Answer(answer.status(), answer.body(), answer.headers());
  }

  private static Answer notFound() {
    ObjectNode body =
        JsonNodeFactory.instance
            .objectNode()
            .put("error", "not_found")
            .put("error_description", "There is nothing at this path");
    return new Answer(404, body, Map.of());
  }

  private void answer(RoutingContext context, Function<InboundRequest, Answer> handler) {
    answer(context, handler, Responses::refusal);
  }

  private void answer(
      RoutingContext context,
      Function<InboundRequest, Answer> handler,
      Function<Throwable, Answer> refusal) {
    Origin origin;
    Share share;
    try {
      origin = origin(context.request());
      share = budget.open(origin.ip()).orElseThrow(() -> new Overloaded("no room for the request"));
    } catch (OAuthException unwelcome) {
      refuse(context, refusal.apply(unwelcome));
      return;
    }
    BodyReader.read(context.vertx(), context.request(), settings.bodyTimeout(), share)
        .onSuccess(body -> handle(context, origin, body, share, handler, refusal))
        .onFailure(
            failure ->
                Responses.refuse(
                    context.vertx(), context.request(), refusal.apply(unread(failure))));
  }

  /** What breaks off or is no HTTP is the client's mistake, not ours. */
  private static OAuthException unread(Throwable failure) {
    return failure instanceof OAuthException refusal
        ? refusal
        : new RequestInvalid("The request body could not be read");
  }

  private void handle(
      RoutingContext context,
      Origin origin,
      Buffer body,
      Share share,
      Function<InboundRequest, Answer> handler,
      Function<Throwable, Answer> refusal) {
    Context eventLoop = context.vertx().getOrCreateContext();
    executor.execute(
        () -> {
          Answer answer;
          try (share) { // held as long as the body is, even if nobody waits any more
            answer = handler.apply(inbound(context.request(), origin, body));
          } catch (Throwable e) { // nothing may leave a request unanswered
            answer = refusal.apply(e);
          }
          Answer finished = answer;
          eventLoop.runOnContext(event -> Responses.send(context.response(), finished));
        });
  }

  private static void refuseMethod(RoutingContext context, String allowed) {
    refuse(context, Responses.refusal(new MethodNotAllowed(allowed)));
  }

  private static Answer failed(RoutingContext context) {
    Throwable failure = context.failure();
    return failure == null
        ? Responses.refusal(new RequestInvalid("The request could not be read"))
        : Entrance.refusal(context.request(), failure);
  }

  /** For what was not read: a connection goes on only if no body is on its way. */
  private static void refuse(RoutingContext context, Answer answer) {
    if (RequestDecoder.announcesBody(context.request())) {
      Responses.refuse(context.vertx(), context.request(), answer);
    } else {
      Responses.send(context.response(), answer);
    }
  }

  private Origin origin(HttpServerRequest request) {
    TrustedProxies proxies = settings.proxies();
    String peer = request.remoteAddress().hostAddress();
    // With the PROXY protocol nobody else can connect, and the peer is whom the proxy names.
    if (settings.behindTlsProxy()
        && !request.isSSL()
        && !proxies.proxyProtocol()
        && !proxies.trust(peer)) {
      throw new RequestInvalid("Plain HTTP is served only to the proxies that end TLS");
    }
    return ForwardedHeaders.origin(proxies, peer, request.headers()::getAll);
  }

  private InboundRequest inbound(HttpServerRequest request, Origin origin, Buffer body) {
    String clientScheme = origin.scheme().orElse(scheme);
    if (scheme.equals("https") && !clientScheme.equals("https")) {
      throw new RequestInvalid("The client must speak HTTPS to the proxy");
    }
    return new InboundRequest(
        clientScheme,
        host(request, origin).toLowerCase(Locale.ROOT),
        origin.ip(),
        request.remoteAddress().hostAddress(),
        headers(request.headers()),
        body.getBytes());
  }

  private static String host(HttpServerRequest request, Origin origin) {
    if (origin.host().isEmpty()) {
      return Objects.requireNonNull(request.authority(), "checked with the head").toString();
    }
    HostAndPort forwarded = HostAndPort.parseAuthority(origin.host().get(), -1);
    if (forwarded == null || forwarded.host().isEmpty()) {
      throw new RequestInvalid("The forwarded host is not valid");
    }
    return forwarded.toString();
  }

  /** By lower-case name; of those that decide something there is one (see {@link RequestHead}). */
  private static Map<String, String> headers(MultiMap headers) {
    Map<String, String> first = new HashMap<>();
    headers.forEach((name, value) -> first.putIfAbsent(name.toLowerCase(Locale.ROOT), value));
    return first;
  }
}
