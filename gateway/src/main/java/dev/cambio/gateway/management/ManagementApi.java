package dev.cambio.gateway.management;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import dev.cambio.gateway.error.Faults;
import dev.cambio.gateway.error.OAuthException;
import dev.cambio.gateway.error.OAuthException.ServerFault;
import dev.cambio.gateway.inbound.FormBody;
import dev.cambio.gateway.inbound.InboundRequest;
import dev.cambio.gateway.management.Operations.Match;
import dev.cambio.gateway.store.ConfigurationCaches;
import dev.cambio.gateway.store.Database;
import dev.cambio.gateway.store.Queries;
import dev.cambio.gateway.store.StorableText;
import dev.cambio.gateway.store.TenantQueries;
import dev.cambio.gateway.tenant.Tenant;
import dev.cambio.gateway.tenant.Tenants;
import dev.cambio.model.bus.Json;
import io.vertx.pgclient.PgException;
import java.io.IOException;
import java.time.Clock;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * {@code /api/v2} (contract management-api), freed of HTTP. Owns what every operation shares: who
 * calls, what the call may hold, one transaction, its audit record.
 */
public final class ManagementApi {
  /** Deadlocks, and rows that came or went between the look and the write. */
  private static final Set<String> RETRIED = Set.of("40001", "40P01", "23503", "23505");

  private static final int ATTEMPTS = 3;

  private final Tenants tenants;
  private final ManagementTokens tokens;
  private final Operations operations;
  private final Database database;
  private final ConfigurationCaches caches;
  private final RateLimit rateLimit;
  private final Clock clock;

  public ManagementApi(
      Tenants tenants,
      ManagementTokens tokens,
      Operations operations,
      Database database,
      ConfigurationCaches caches,
      ManagementSettings settings,
      Clock clock) {
    this.tenants = tenants;
    this.tokens = tokens;
    this.operations = operations;
    this.database = database;
    this.caches = caches;
    this.rateLimit = new RateLimit(settings.requestsPerSecond(), clock);
    this.clock = clock;
  }

  /** Answers a request; refusals are answers too. Waits: for virtual threads. */
  public ManagementAnswer handle(ManagementRequest request) {
    try {
      Tenant tenant = tenants.require(request.inbound().host());
      if (request.method().equals("GET") && request.path().equals("/openapi.json")) {
        return new ManagementAnswer(200, operations.api().document(), Map.of());
      }
      Caller caller = tokens.require(tenant, request.inbound());
      Map<String, String> rate = rateLimit.count(tenant.id());
      ManagementAnswer answer = answer(tenant, caller, request);
      Map<String, String> headers = new LinkedHashMap<>(answer.headers());
      headers.putAll(rate);
      return new ManagementAnswer(answer.status(), answer.body(), headers);
    } catch (Exception e) { // await() throws what a future failed with, checked or not
      return refusal(e);
    }
  }

  /** The answer to a call that failed, on whatever side the fault is. */
  public static ManagementAnswer refusal(Throwable thrown) {
    if (thrown instanceof ManagementException refusal) {
      return refusal.answer();
    }
    OAuthException refusal = Faults.refusal(thrown);
    Faults.report(refusal);
    return refusal instanceof ServerFault
        ? ManagementException.of(500, null, "Internal error").answer()
        : ManagementException.of(refusal.status(), null, refusal.description())
            .headers(refusal.headers())
            .answer();
  }

  private ManagementAnswer answer(Tenant tenant, Caller caller, ManagementRequest request) {
    Match match = operations.match(request.method(), request.path());
    Operation operation = match.operation();
    operation.requireScope(caller);
    QueryParameters query = QueryParameters.parse(request.query(), operation.parameters());
    JsonNode body = body(operation, request.inbound());
    operation.requireValid(body);
    Map<String, String> path = new LinkedHashMap<>();
    match.path().forEach((name, value) -> path.put(name, decoded(value)));
    Answer answer =
        run(
            operation,
            queries -> {
              Answer done =
                  operations
                      .handler(operation)
                      .handle(
                          new Call(
                              tenant,
                              request.inbound().issuer(),
                              caller.scopes(),
                              path,
                              query,
                              body,
                              Optional.empty(),
                              new TenantQueries(queries, tenant.id()),
                              // What the database keeps, so that answers now and later agree.
                              clock
                                  .instant()
                                  .truncatedTo(ChronoUnit.MILLIS)
                                  .atOffset(ZoneOffset.UTC)));
              if (operation.writes()) {
                AdministrationLog.write(queries, tenant, caller, operation, request, clock);
              }
              return done;
            });
    if (operation.writes()) {
      // Other nodes hear of it in a moment; this one must not answer before it knows.
      caches.drop(tenant.id());
    }
    int status = answer.status() == 0 ? operation.status() : answer.status();
    return new ManagementAnswer(status, answer.body(), answer.headers());
  }

  /** What one call does in the database. */
  private interface Work {
    Answer in(Queries queries);
  }

  /** A deadlock with another call is no fault of the caller's: the loser starts anew. */
  private Answer run(Operation operation, Work work) {
    if (!operation.writes() || !operation.transaction()) {
      return work.in(database);
    }
    for (int attempt = 1; ; attempt++) {
      try {
        return database.transaction(work::in);
      } catch (PgException e) {
        if (attempt == ATTEMPTS || !RETRIED.contains(e.getSqlState())) {
          throw e;
        }
      }
    }
  }

  private static JsonNode body(Operation operation, InboundRequest inbound) {
    if (operation.body().isEmpty() || inbound.body().length == 0) {
      return MissingNode.getInstance();
    }
    String type = inbound.header("content-type").orElse("").toLowerCase(Locale.ROOT);
    if (!type.startsWith("application/json")) {
      throw ManagementException.of(
          415, "unsupported_media_type", "The request body must be application/json");
    }
    try {
      return Json.parse(inbound.body());
    } catch (IOException e) {
      throw ManagementException.invalidBody("Invalid request payload JSON format");
    }
  }

  /** In paths, unlike in forms, a plus sign is a plus sign. */
  private static String decoded(String segment) {
    try {
      String text = FormBody.decode(segment.replace("+", "%2B"));
      if (StorableText.is(text)) {
        return text;
      }
    } catch (OAuthException e) {
      // Fall through to the complaint that this API makes.
    }
    throw ManagementException.of(
        400, "invalid_uri", "Path validation error: a segment is not percent-encoded UTF-8");
  }
}
