package dev.cambio.model.action;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import java.util.Optional;

/** The points of the pipeline at which Cambio runs Actions (contract actions-runtime §2.2). */
public enum Trigger {
  CUSTOM_TOKEN_EXCHANGE("custom-token-exchange", "v1", "onExecuteCustomTokenExchange"),
  POST_LOGIN("post-login", "v3", "onExecutePostLogin"),
  CREDENTIALS_EXCHANGE("credentials-exchange", "v2", "onExecuteCredentialsExchange");

  private final String id;
  private final String version;
  private final String handler;

  Trigger(String id, String version, String handler) {
    this.id = id;
    this.version = version;
    this.handler = handler;
  }

  /** The trigger's id in the Management API, e.g. {@code post-login}. */
  @JsonValue
  public String id() {
    return id;
  }

  /** The trigger version that is executed, e.g. {@code v3}. */
  public String version() {
    return version;
  }

  /** The name of the export that is called. */
  public String handler() {
    return handler;
  }

  /** Whether Actions are bound to the trigger itself, in order, and not by another entity. */
  public boolean isBound() {
    return this != CUSTOM_TOKEN_EXCHANGE;
  }

  /** The trigger of that id; empty for triggers that are stored but never executed. */
  public static Optional<Trigger> find(String id) {
    for (Trigger trigger : values()) {
      if (trigger.id.equals(id)) {
        return Optional.of(trigger);
      }
    }
    return Optional.empty();
  }

  @JsonCreator
  static Trigger require(String id) {
    return find(id).orElseThrow(() -> new IllegalArgumentException("Unknown trigger: " + id));
  }
}
