package dev.cambio.gateway.config;

/** What a node does. */
public enum Role {
  /** Answers token requests. */
  GATEWAY,
  /** Runs Actions. */
  ACTIONS
}
