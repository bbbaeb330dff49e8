package dev.cambio.gateway.action;

/**
 * An Action in its place in the pipeline.
 *
 * @param bindingId the binding, or the profile for custom-token-exchange
 */
public record BoundAction(String bindingId, DeployedAction action) {}
