package dev.cambio.gateway.management;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.netty.handler.codec.http.HttpResponseStatus;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** A refusal by the Management API (contract management-api §1.2). */
public final class ManagementException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final int status;
  private final @Nullable String errorCode;
  private final @Nullable Violation violation;
  private final transient Map<String, String> headers = new LinkedHashMap<>();

  private ManagementException(
      int status, @Nullable String errorCode, String message, @Nullable Violation violation) {
    super(message, null, false, false);
    this.status = status;
    this.errorCode = errorCode;
    this.violation = violation;
  }

  /** A refusal with a status and text of the contract's. */
  public static ManagementException of(int status, @Nullable String errorCode, String message) {
    return new ManagementException(status, errorCode, message, null);
  }

  /** 400 for a body that the schema allows, but the rules do not. */
  public static ManagementException invalidBody(String message) {
    return of(400, "invalid_body", message);
  }

  /** 400 for a body that breaks its schema. */
  static ManagementException invalidBody(Violation violation) {
    return new ManagementException(
        400, "invalid_body", "Payload validation error: " + violation.text(), violation);
  }

  /** 400 for query parameters. */
  public static ManagementException invalidQuery(String detail) {
    return of(400, "invalid_query_string", "Query validation error: " + detail);
  }

  /** 401; such answers have no error code. */
  static ManagementException unauthorized(String message) {
    return of(401, null, message).header("WWW-Authenticate", "Bearer");
  }

  /** 404 with {@code inexistent_…}. */
  public static ManagementException notFound(String thing, String message) {
    return of(404, "inexistent_" + thing, message);
  }

  /** 409 with {@code …_conflict}. */
  public static ManagementException conflict(String thing, String message) {
    return of(409, thing + "_conflict", message);
  }

  /** 403 when the tenant has as many entities of a kind as it may. */
  public static ManagementException tooMany() {
    return of(
        403,
        "too_many_entities",
        "You reached the limit of entities of this type for this tenant.");
  }

  ManagementException header(String name, String value) {
    headers.put(name, value);
    return this;
  }

  ManagementException headers(Map<String, String> more) {
    headers.putAll(more);
    return this;
  }

  /** HTTP status. */
  public int status() {
    return status;
  }

  /** The text for the caller. */
  public String message() {
    return String.valueOf(getMessage());
  }

  /** Where a body breaks its schema, for callers that know a better place to name. */
  public Optional<Violation> violation() {
    return Optional.ofNullable(violation);
  }

  ManagementAnswer answer() {
    ObjectNode body =
        JsonNodeFactory.instance
            .objectNode()
            .put("statusCode", status)
            .put("error", HttpResponseStatus.valueOf(status).reasonPhrase())
            .put("message", message());
    if (errorCode != null) {
      body.put("errorCode", errorCode);
    }
    return new ManagementAnswer(status, body, Map.copyOf(headers));
  }
}
